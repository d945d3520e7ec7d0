import { ReparteeError } from '@repartee/sdk/protocol'
import type { AuthenticatedActor } from '../actor.ts'

/** Refuse guests on a site that does not allow them, including guests from before it stopped. */
export const requireGuestsAllowed = (actor: AuthenticatedActor): void => {
  if (actor.reader.role === 'guest' && !actor.site.settings.guests) throw new ReparteeError('guests_not_allowed')
}
