import { ReparteeError } from '@repartee/sdk/protocol'
import type { AuthenticatedActor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { StoredComment } from '../stored-comment.ts'
import { canReadSource } from './visible.ts'

/** Find a comment the actor may change, deleted or not. An error reveals nothing about a comment they cannot see. */
export const requireOwn = async (
  deps: Pick<Deps, 'store'>,
  actor: AuthenticatedActor,
  threadId: string,
  id: string,
): Promise<StoredComment> => {
  const comment = await deps.store.comments.find(actor.site.id, threadId, id)
  if (comment === null) throw new ReparteeError('comment_not_found')
  if (canReadSource(actor, comment)) return comment
  throw comment.listed
    ? new ReparteeError('forbidden', 'another reader wrote this comment')
    : new ReparteeError('comment_not_found')
}
