import { type Change, type Changes, type Delta, encode } from '@repartee/sdk/protocol'

/** A delta as it goes out: encoded once, with the range it covers beside it. */
export type DeltaFrame = { readonly from: number; readonly to: number; readonly text: string }

/**
 * UTF-16 code units of what a client that comes back is sent at once. More would fill the buffers of a slow connection,
 * which is then closed as one that does not read, and comes back from the same position; a snapshot is far smaller.
 */
export const MAX_BACKLOG_LENGTH = 256 * 1_024

/** Encode a delta as the one frame every receiver gets. */
export const toFrame = (delta: Delta): DeltaFrame => ({
  from: delta.from,
  to: delta.to,
  text: encode({ type: 'delta', ...delta }),
})

/** What reading the store answers, unless it is `reload`. */
export type StoredChanges = Exclude<Changes, { reload: true }>

/** Ids, times and field names around a comment's text, at least. */
const COMMENT_OVERHEAD = 300

/** About how long the frame of some changes is; it is never shorter. */
export const lengthOf = (changes: readonly Change[]): number =>
  changes.reduce(
    (sum, change) => sum + (change.type === 'comment' ? COMMENT_OVERHEAD + change.comment.html.length : 0),
    0,
  )

/** Encode the part after `from` of what was read from the store, the way it would have come live. */
export const storedFrame = (thread: string, read: StoredChanges, from: number): DeltaFrame => {
  const { head: _head, epoch: _epoch, ...delta } = read
  return toFrame({ ...delta, thread, from, changes: delta.changes.filter((change) => change.seq > from) })
}

/** Read back what this service encoded. */
export const fromFrame = (frame: DeltaFrame): Delta => {
  const { type: _type, ...delta } = JSON.parse(frame.text) as Delta & { type: 'delta' }
  return delta
}
