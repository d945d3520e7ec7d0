import { MAX_PAGE_LIMIT, ReparteeError, type Replies } from '@repartee/sdk/protocol'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { readerReactions } from '../reactions/reader-reactions.ts'
import { publicComment } from '../stored-comment.ts'
import { fromCursor, toCursor } from '../threads/cursor.ts'

const DEFAULT_LIMIT = 25

/** One page of the replies below a comment's root, at all depths, in order of creation. */
export const listReplies = async (
  deps: Pick<Deps, 'store'>,
  actor: Actor,
  input: { thread: string; comment: string; cursor?: string | undefined; limit?: number | undefined },
): Promise<Replies> => {
  const siteId = actor.site.id
  const { thread: threadId } = input
  const limit = Math.min(input.limit ?? DEFAULT_LIMIT, MAX_PAGE_LIMIT)
  const after = input.cursor === undefined ? 0 : fromCursor('oldest', input.cursor).createdSeq
  const comment = await deps.store.comments.find(siteId, threadId, input.comment)
  if (!comment?.listed) throw new ReparteeError('comment_not_found')
  const { rootId } = comment
  const found = await deps.store.comments.replies({ siteId, threadId, rootId, after, limit: limit + 1 })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const mine = await readerReactions(deps, actor, threadId, page)
  return {
    comments: page.map(publicComment),
    next: found.length > limit && last !== undefined ? toCursor('oldest', last) : null,
    ...(mine !== null && { mine }),
  }
}
