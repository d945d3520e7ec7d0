import { RepError } from '@repartee/sdk/protocol'
import type { KnownActor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { StoredComment } from '../stored-comment.ts'
import { isPrivy } from './visible.ts'

/** Find a comment the actor may change, deleted or not; of others' he learns no more than he can see. */
export const requireOwn = async (
  deps: Pick<Deps, 'store'>,
  actor: KnownActor,
  threadId: string,
  id: string,
): Promise<StoredComment> => {
  const comment = await deps.store.comments.find(actor.site.id, threadId, id)
  if (comment === null) throw new RepError('comment_not_found')
  if (isPrivy(actor, comment)) return comment
  throw comment.listed ? new RepError('forbidden', 'another reader wrote it') : new RepError('comment_not_found')
}
