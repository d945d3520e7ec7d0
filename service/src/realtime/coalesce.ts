import type { Delta } from '@repartee/sdk/protocol'
import type { Clock } from '../core/ports/clock.ts'
import { mergeDeltas } from './merge.ts'
import { topicOf } from './topic.ts'

/** Changes per second above which they go out together every so often, and how often. */
const BUSY = { perSecond: 20, everyMs: 50 }
const HOT = { perSecond: 200, everyMs: 250 }
/** A frame is closed at this many changes or this much HTML, so that no receiver's buffer is filled by one frame. */
const MAX_CHANGES = 100
const MAX_HTML = 64 * 1_024
/** A thread quiet for this long starts over as a quiet one. */
const IDLE_MS = 5_000

/** Collects deltas of busy threads, so that many changes cost their readers few frames. */
export type Coalescer = {
  /** Take a committed delta; it goes out later than this turn, so that the sender's own answer goes first. */
  add(siteId: string, delta: Delta): void
  /** Send everything that waits, at once. */
  close(): void
}

type Lane = {
  readonly siteId: string
  readonly pending: Delta[]
  /** When the oldest pending delta came. */
  since: number
  rate: number
  at: number
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

const size = (delta: Delta): number =>
  delta.changes.reduce((sum, change) => sum + (change.type === 'comment' ? change.comment.html.length : 0), 0)

/** Whether two deltas may be one frame: they follow each other and are small enough together. */
const fits = (first: Delta, second: Delta): boolean =>
  first.to === second.from &&
  first.changes.length + second.changes.length <= MAX_CHANGES &&
  size(first) + size(second) <= MAX_HTML

/** Make a coalescer. `flush` gets the deltas of one thread in the order they were added. */
export const createCoalescer = (o: {
  now: Clock
  flush: (siteId: string, delta: Delta, waitedMs: number) => void
}): Coalescer => {
  const lanes = new Map<string, Lane>()

  const flush = (lane: Lane): void => {
    lane.cancel?.()
    lane.cancel = null
    const merged: Delta[] = []
    for (const delta of lane.pending.splice(0)) {
      const last = merged.at(-1)
      if (last !== undefined && fits(last, delta)) merged[merged.length - 1] = mergeDeltas(last, delta)
      else merged.push(delta)
    }
    for (const delta of merged) o.flush(lane.siteId, delta, o.now() - lane.since)
  }

  /** Forget the longest unused threads, two for every use of one, so that they cannot pile up. */
  const forgetIdle = (nowAt: number): void => {
    let looked = 0
    for (const [topic, lane] of lanes) {
      if (++looked > 2 || nowAt - lane.at < IDLE_MS) return
      if (lane.cancel === null) lanes.delete(topic)
    }
  }

  return {
    add(siteId, delta) {
      const nowAt = o.now()
      const topic = topicOf({ siteId, threadId: delta.thread })
      const lane = lanes.get(topic) ?? { siteId, pending: [], since: nowAt, rate: 0, at: nowAt, cancel: null }
      // An average over about the last second that needs no list of times.
      lane.rate = lane.rate * Math.exp(-Math.max(0, nowAt - lane.at) / 1_000) + (delta.to - delta.from)
      lane.at = nowAt
      if (lane.pending.length === 0) lane.since = nowAt
      lane.pending.push(delta)
      // Taken out first, so that the map stays in the order of last use.
      lanes.delete(topic)
      lanes.set(topic, lane)
      forgetIdle(nowAt)
      const delayMs = lane.rate > HOT.perSecond ? HOT.everyMs : lane.rate > BUSY.perSecond ? BUSY.everyMs : 0
      lane.cancel ??= after(delayMs, () => flush(lane))
    },
    close() {
      for (const lane of lanes.values()) flush(lane)
      lanes.clear()
    },
  }
}
