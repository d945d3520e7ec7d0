import { type CommentContext, ReparteeError } from '@repartee/sdk/protocol'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { readerReactions } from '../reactions/reader-reactions.ts'
import { commentFor, isVisible } from './visible.ts'

/** One comment with its ancestors, root first. It has its source for its author and moderators. */
export const getComment = async (
  deps: Pick<Deps, 'store'>,
  actor: Actor,
  input: { thread: string; comment: string },
): Promise<CommentContext> => {
  const siteId = actor.site.id
  const { thread: threadId } = input
  const comment = await deps.store.comments.find(siteId, threadId, input.comment)
  if (comment === null || !isVisible(actor, comment)) throw new ReparteeError('comment_not_found')
  const above = comment.parentId === null ? [] : await deps.store.comments.ancestors(siteId, threadId, comment)
  const ancestors = above.filter((row) => isVisible(actor, row))
  const mine = await readerReactions(deps, actor, threadId, [...ancestors, comment])
  return {
    comment: commentFor(actor, comment),
    ancestors: ancestors.map((row) => commentFor(actor, row)),
    ...(mine !== null && { mine }),
  }
}
