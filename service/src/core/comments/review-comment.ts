import { type Comment, ReparteeError, type Status } from '@repartee/sdk/protocol'
import { requireStaff } from '../access/require-staff.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { ownComment } from '../stored-comment.ts'

/** Set a comment's moderation status. Readers see approved comments only. Staff only. */
export const reviewComment = async (
  deps: Pick<Deps, 'store' | 'writer'>,
  actor: Actor,
  input: { thread: string; comment: string; status: Status },
): Promise<Comment> => {
  const siteId = requireStaff(actor).site.id
  const { thread: threadId, comment: id } = input
  const written = await deps.writer.run(siteId, threadId, 'review', () =>
    deps.store.comments.review({ siteId, threadId, id, status: input.status }),
  )
  const comment =
    written?.comments.find((row) => row.id === id) ?? (await deps.store.comments.find(siteId, threadId, id))
  if (comment === null) throw new ReparteeError('comment_not_found')
  if (comment.deletedAt !== null) throw new ReparteeError('comment_deleted')
  return ownComment(comment)
}
