import type { Delta } from '@repartee/sdk/protocol'
import type { Clock } from '../core/ports/clock.ts'
import { mergeDeltas } from './merge.ts'
import { topicOf } from './topic.ts'

/** Above this many changes per second they are sent together, and how often. */
const BUSY = { perSecond: 20, everyMs: 50 }
const HOT = { perSecond: 200, everyMs: 250 }
/** The most changes and HTML of one frame, so that no receiver's buffer is filled by a single frame. */
const MAX_CHANGES = 100
const MAX_HTML = 64 * 1_024
/** After this long without a change a thread counts as quiet again. */
const IDLE_MS = 5_000

/** Collects the deltas of busy threads, so that many changes take few frames. */
export type Coalescer = {
  /** Add a committed delta. It is sent after the current turn, so that the author's own answer is sent first. */
  add(siteId: string, delta: Delta): void
  /** Send everything that waits, at once. */
  close(): void
}

type Batch = {
  readonly siteId: string
  readonly pending: Delta[]
  /** When the oldest pending delta was added. */
  since: number
  rate: number
  updatedAt: number
  cancel: (() => void) | null
}

const after = (ms: number, run: () => void): (() => void) => {
  if (ms === 0) {
    const immediate = setImmediate(run)
    return () => clearImmediate(immediate)
  }
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

const htmlLength = (delta: Delta): number =>
  delta.changes.reduce((sum, change) => sum + (change.type === 'comment' ? change.comment.html.length : 0), 0)

/** Whether two deltas may be one frame: they are consecutive, and small enough together. */
const fits = (first: Delta, second: Delta): boolean =>
  first.to === second.from &&
  first.changes.length + second.changes.length <= MAX_CHANGES &&
  htmlLength(first) + htmlLength(second) <= MAX_HTML

/** Make a coalescer. `flush` is given the deltas of one thread in the order they were added. */
export const createCoalescer = (o: {
  now: Clock
  flush: (siteId: string, delta: Delta, waitedMs: number) => void
}): Coalescer => {
  const batches = new Map<string, Batch>()

  const flush = (batch: Batch): void => {
    batch.cancel?.()
    batch.cancel = null
    const merged: Delta[] = []
    for (const delta of batch.pending.splice(0)) {
      const last = merged.at(-1)
      if (last !== undefined && fits(last, delta)) merged[merged.length - 1] = mergeDeltas(last, delta)
      else merged.push(delta)
    }
    for (const delta of merged) o.flush(batch.siteId, delta, o.now() - batch.since)
  }

  /** Drop the least recently used threads, at most two for every delta that is added, so that they cannot pile up. */
  const dropIdle = (nowAt: number): void => {
    let checked = 0
    for (const [topic, batch] of batches) {
      if (++checked > 2 || nowAt - batch.updatedAt < IDLE_MS) return
      if (batch.cancel === null) batches.delete(topic)
    }
  }

  return {
    add(siteId, delta) {
      const nowAt = o.now()
      const topic = topicOf({ siteId, threadId: delta.thread })
      const batch = batches.get(topic) ?? { siteId, pending: [], since: nowAt, rate: 0, updatedAt: nowAt, cancel: null }
      // An exponential average over about the last second, which needs no list of times.
      batch.rate = batch.rate * Math.exp(-Math.max(0, nowAt - batch.updatedAt) / 1_000) + (delta.to - delta.from)
      batch.updatedAt = nowAt
      if (batch.pending.length === 0) batch.since = nowAt
      batch.pending.push(delta)
      // Deleted first, so that the map stays in the order of last use.
      batches.delete(topic)
      batches.set(topic, batch)
      dropIdle(nowAt)
      const delayMs = batch.rate > HOT.perSecond ? HOT.everyMs : batch.rate > BUSY.perSecond ? BUSY.everyMs : 0
      batch.cancel ??= after(delayMs, () => flush(batch))
    },
    close() {
      for (const batch of batches.values()) flush(batch)
      batches.clear()
    },
  }
}
