import { ReparteeError } from '@repartee/sdk/protocol'
import { type Actor, isStaff, type KnownActor, requireReader } from '../actor.ts'

/** Refuse everybody who does not moderate the site. */
export const requireStaff = (actor: Actor): KnownActor => {
  const known = requireReader(actor)
  if (!isStaff(known)) throw new ReparteeError('forbidden', 'only for those who moderate the site')
  return known
}
