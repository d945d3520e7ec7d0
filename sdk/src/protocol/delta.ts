import * as v from 'valibot'
import { commentSchema } from './comment.ts'
import { idSchema } from './ids.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

/** One change of a thread. Applying it twice, or after a newer change of the same comment, must change nothing. */
export const changeSchema = v.variant('type', [
  /** The comment is visible and looks like this now. A tombstone has `deletedAt`. */
  v.object({ type: v.literal('comment'), seq: count, comment: commentSchema }),
  /** Readers no longer see the comment: it was rejected, or deleted and had no replies. */
  v.object({ type: v.literal('comment.gone'), seq: count, id: idSchema }),
  /** The new reaction totals of one comment. */
  v.object({ type: v.literal('reactions'), seq: count, id: idSchema, reactions: v.record(v.string(), count) }),
  /** The thread was closed, or opened again. */
  v.object({ type: v.literal('thread'), seq: count, closed: v.boolean() }),
])
export type Change = v.InferOutput<typeof changeSchema>

/**
 * The changes after `from`, up to `to`. A receiver at position v drops it if `v ≥ to`, applies it and moves to `to` if
 * `from ≤ v < to`, and asks for the missing changes since v if `v < from`.
 */
export const deltaSchema = v.object({
  thread: idSchema,
  from: count,
  to: count,
  /** In order of `seq`. Empty when readers may not see what changed. */
  changes: v.array(changeSchema),
  /** The number of visible comments of the thread, as of `to` or later. */
  commentCount: count,
  /** The `replyCount` of every comment whose replies changed, as of `to` or later. */
  replyCounts: v.record(idSchema, count),
})
export type Delta = v.InferOutput<typeof deltaSchema>
