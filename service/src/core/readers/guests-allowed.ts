import { ReparteeError } from '@repartee/sdk/protocol'
import type { KnownActor } from '../actor.ts'

/** Refuse guests on a site that wants its readers signed in, also those who became guests before it did. */
export const requireGuestsAllowed = (actor: KnownActor): void => {
  if (actor.reader.role === 'guest' && !actor.site.settings.guests) throw new ReparteeError('guests_not_allowed')
}
