import type { Change, Delta } from '@repartee/sdk/protocol'
import type { WriteResult } from '../ports/write-result.ts'
import { publicComment, type StoredComment } from '../stored-comment.ts'

/** The public change of a row; `null` for a row readers never saw. */
export const toChange = (comment: StoredComment): Change | null => {
  if (comment.listed) return { type: 'comment', seq: comment.seq, comment: publicComment(comment) }
  return comment.published ? { type: 'comment.gone', seq: comment.seq, id: comment.id } : null
}

/**
 * The delta of a committed change. It covers the change's `seq` even if nothing in it is public. A change of kind
 * `reaction` has only the new totals and not the text, unless it was read back.
 */
export const toDelta = (threadId: string, written: WriteResult, kind = ''): Delta => {
  const changes = written.comments
    .map((comment): Change | null =>
      kind === 'reaction' && comment.listed && written.readBack === undefined
        ? { type: 'reactions', seq: comment.seq, id: comment.id, reactions: { ...comment.reactions } }
        : toChange(comment),
    )
    .filter((change) => change !== null)
    .sort((a, b) => a.seq - b.seq)
  if (written.closed !== undefined) changes.push({ type: 'thread', seq: written.to, closed: written.closed })
  return {
    thread: threadId,
    from: written.from,
    to: written.to,
    changes,
    commentCount: written.commentCount,
    replyCounts: { ...written.replyCounts },
  }
}
