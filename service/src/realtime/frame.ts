import { type Change, type Changes, type Delta, encode } from '@repartee/sdk/protocol'

/** A delta as it is sent: encoded once, with the range it covers. */
export type DeltaFrame = { readonly from: number; readonly to: number; readonly text: string }

/**
 * UTF-16 code units of backlog that a returning client is sent at once. More would fill the buffer of a slow connection,
 * which is then closed as a slow consumer and comes back from the same position; a snapshot is far smaller.
 */
export const MAX_BACKLOG_LENGTH = 256 * 1_024

/** Encode a delta as the one frame all receivers are sent. */
export const toFrame = (delta: Delta): DeltaFrame => ({
  from: delta.from,
  to: delta.to,
  text: encode({ type: 'delta', ...delta }),
})

/** A successful read of changes from the store. */
export type StoredChanges = Exclude<Changes, { reload: true }>

/** Ids, times and field names around a comment's text, at least. */
const COMMENT_OVERHEAD = 300

/** A lower bound for the length of the frame of some changes. */
export const lengthOf = (changes: readonly Change[]): number =>
  changes.reduce(
    (sum, change) => sum + (change.type === 'comment' ? COMMENT_OVERHEAD + change.comment.html.length : 0),
    0,
  )

/** Encode the part after `from` of a read from the store, as it would have been sent live. */
export const storedFrame = (thread: string, read: StoredChanges, from: number): DeltaFrame => {
  const { head: _head, epoch: _epoch, ...delta } = read
  return toFrame({ ...delta, thread, from, changes: delta.changes.filter((change) => change.seq > from) })
}

/** Decode a frame that this service encoded. */
export const fromFrame = (frame: DeltaFrame): Delta => {
  const { type: _type, ...delta } = JSON.parse(frame.text) as Delta & { type: 'delta' }
  return delta
}
