import { type Change, type Comment, type Delta, newId } from '@repartee/sdk/protocol'
import { publicComment } from '../../src/core/stored-comment.ts'
import { newComment } from '../../testing/realtime-setup.ts'

export const threadId = newId()

/** A public comment at one `seq`. */
export const commentAt = (seq: number, fields: Partial<Comment> = {}): Comment => ({
  ...publicComment({
    ...newComment(),
    threadId,
    seq,
    createdSeq: seq,
    score: 0,
    reactions: {},
    replyCount: 0,
    pinned: false,
    listed: true,
    published: true,
    editedAt: null,
    deletedAt: null,
  }),
  ...fields,
})

/** A delta of the given changes, the last of them at `to`. */
export const deltaOf = (
  from: number,
  to: number,
  changes: readonly Change[] = [],
  more: Partial<Delta> = {},
): Delta => ({
  thread: threadId,
  from,
  to,
  changes: [...changes],
  commentCount: to,
  replyCounts: {},
  ...more,
})

/** The delta of one new comment. */
export const created = (seq: number, fields: Partial<Comment> = {}): Delta =>
  deltaOf(seq - 1, seq, [{ type: 'comment', seq, comment: commentAt(seq, fields) }])
