import { ReparteeError } from '@repartee/sdk/protocol'
import { type Actor, type AuthenticatedActor, isStaff, requireReader } from '../actor.ts'

/** Refuse actors who do not moderate the site. */
export const requireStaff = (actor: Actor): AuthenticatedActor => {
  const authenticated = requireReader(actor)
  if (!isStaff(authenticated)) throw new ReparteeError('forbidden', 'only moderators may do this')
  return authenticated
}
