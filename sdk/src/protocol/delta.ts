import * as v from 'valibot'
import { commentSchema } from './comment.ts'
import { idSchema } from './ids.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** One change of a thread. Applying it twice, or after a newer one of the same row, must leave the view as it is. */
export const changeSchema = v.variant('type', [
  /** The comment is visible and looks like this now; a tombstone has `deletedAt`. */
  v.object({ type: v.literal('comment'), seq: count, comment: commentSchema }),
  /** The comment is no longer visible to readers: rejected, or deleted without replies. */
  v.object({ type: v.literal('comment.gone'), seq: count, id: idSchema }),
  /** New totals of one comment's reactions. */
  v.object({ type: v.literal('reactions'), seq: count, id: idSchema, reactions: v.record(v.string(), count) }),
  /** The thread was closed or opened again. */
  v.object({ type: v.literal('thread'), seq: count, closed: v.boolean() }),
])
export type Change = v.InferOutput<typeof changeSchema>

/**
 * "The changes after `from`, up to `to`". A receiver at version v: `v ≥ to` drop; `from ≤ v < to` apply and be at `to`;
 * `v < from` something is missing, ask for the changes since v.
 */
export const deltaSchema = v.object({
  thread: idSchema,
  from: count,
  to: count,
  /** In order of `seq`; may be empty, when what changed is not for readers. */
  changes: v.array(changeSchema),
  /** Visible comments of the thread, absolute, as of `to` or later. */
  commentCount: count,
  /** `replyCount` of every comment whose replies changed, absolute, as of `to` or later. */
  replyCounts: v.record(idSchema, count),
})
export type Delta = v.InferOutput<typeof deltaSchema>
