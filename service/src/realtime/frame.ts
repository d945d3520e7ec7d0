import { type Changes, type Delta, encode } from '@repartee/sdk/protocol'

/** A delta as it goes out: encoded once, with the range it covers beside it. */
export type DeltaFrame = { readonly from: number; readonly to: number; readonly text: string }

/** Encode a delta as the one frame every receiver gets. */
export const toFrame = (delta: Delta): DeltaFrame => ({
  from: delta.from,
  to: delta.to,
  text: encode({ type: 'delta', ...delta }),
})

/** What reading the store answers, unless it is `reload`. */
export type StoredChanges = Exclude<Changes, { reload: true }>

/** Encode what was read from the store the way it would have come live. */
export const storedFrame = (thread: string, changes: StoredChanges): DeltaFrame => {
  const { head: _head, epoch: _epoch, ...delta } = changes
  return toFrame({ ...delta, thread })
}

/** Read back what this service encoded. */
export const fromFrame = (frame: DeltaFrame): Delta => {
  const { type: _type, ...delta } = JSON.parse(frame.text) as Delta & { type: 'delta' }
  return delta
}
