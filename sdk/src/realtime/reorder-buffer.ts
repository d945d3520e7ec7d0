import type { Delta } from '../protocol/delta.ts'

/** Deltas buffered while an earlier one is missing. More are dropped and fetched later. */
const MAX_BUFFERED = 256

/** Puts the deltas of one subscription in order. It has no clock and does no I/O. */
export type ReorderBuffer = {
  /** The thread's counter up to which every change was returned. */
  readonly position: number
  /** Whether a change up to the highest counter seen was not returned yet. */
  readonly hasGap: boolean
  /** Take a delta, or a page of changes of a thread at `head`. Returns what may be applied now, in order. */
  receive(delta: Delta, head?: number): Delta[]
}

/** Deltas may come late, twice or not at all. What is returned is the changes after `since`, each once and in order. */
export const createReorderBuffer = (since: number): ReorderBuffer => {
  let position = since
  let highestSeen = since
  let buffered: Delta[] = []

  return {
    get position() {
      return position
    },
    get hasGap() {
      return position < highestSeen
    },
    receive(delta, head = delta.to) {
      highestSeen = Math.max(highestSeen, head)
      const ready: Delta[] = []
      const early: Delta[] = []
      for (const next of [...buffered, delta].sort((a, b) => a.from - b.from)) {
        if (next.to <= position) continue
        if (next.from > position) {
          early.push(next)
          continue
        }
        const from = position
        position = next.to
        ready.push({ ...next, from, changes: next.changes.filter((change) => change.seq > from) })
      }
      buffered = early.slice(0, MAX_BUFFERED)
      return ready
    },
  }
}
