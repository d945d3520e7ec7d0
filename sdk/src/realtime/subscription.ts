import type { Delta } from '../protocol/delta.ts'

/** Deltas kept while an earlier one is missing; more are dropped and asked for again. */
const MAX_HELD = 256

/** The version arithmetic of one subscription: no clock, no I/O. */
export type Sequence = {
  /** The thread's counter up to which everything was handed out. */
  readonly position: number
  /** Whether something up to the highest counter heard of has not been handed out. */
  readonly gap: boolean
  /** Take a delta (or a page of changes of a thread at `head`); returns what may be applied now, in order. */
  receive(delta: Delta, head?: number): Delta[]
}

/** Turn deltas that come late, twice or not at all into exactly the changes after `since`, each once and in order. */
export const createSequence = (since: number): Sequence => {
  let position = since
  let heard = since
  let held: Delta[] = []

  return {
    get position() {
      return position
    },
    get gap() {
      return position < heard
    },
    receive(delta, head = delta.to) {
      heard = Math.max(heard, head)
      const ready: Delta[] = []
      const early: Delta[] = []
      for (const next of [...held, delta].sort((a, b) => a.from - b.from)) {
        if (next.to <= position) continue
        if (next.from > position) {
          early.push(next)
          continue
        }
        const from = position
        position = next.to
        ready.push({ ...next, from, changes: next.changes.filter((change) => change.seq > from) })
      }
      held = early.slice(0, MAX_HELD)
      return ready
    },
  }
}
