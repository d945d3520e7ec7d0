import type { Bus } from '../core/ports/bus.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Store } from '../core/ports/store.ts'
import type { ActiveThread } from './active-thread.ts'
import { topicOf } from './topic.ts'

const INTERVAL_MS = 15_000
/** While the bus loses messages, the database is the only source of other nodes' changes. */
const DEGRADED_INTERVAL_MS = 1_000
/** As a share of the interval, so that nodes do not all read at the same moment. */
const JITTER = 0.3
const MAX_THREADS = 500

/** Finds changes that no message announced. */
export type Sweeper = {
  /**
   * Compare the heads of all active threads with the database, and send what is missing. Sweeps run one after another.
   * Never rejects.
   */
  sweep(): Promise<void>
  close(): void
}

/** Start sweeping. */
export const createSweeper = (o: {
  threads: () => readonly ActiveThread[]
  store: Pick<Store, 'threads'>
  bus: Pick<Bus, 'degraded'>
  metrics: Metrics
  log: Logger
  now: Clock
  random?: () => number
}): Sweeper => {
  const random = o.random ?? Math.random
  const jittered = (ms: number): number => ms * (1 + JITTER * (random() - 0.5))
  let sweepAt = o.now() + jittered(INTERVAL_MS)
  let wasDegraded = false
  let closed = false
  let timer: NodeJS.Timeout | undefined

  /** Resolves to whether anything was missing. */
  const sweepSome = async (threads: readonly ActiveThread[]): Promise<boolean> => {
    const before = new Map(threads.map((thread) => [thread.topic, { thread, head: thread.head }]))
    let found = false
    for (const row of await o.store.threads.heads(threads.map((thread) => thread.ref))) {
      const entry = before.get(topicOf(row))
      if (entry === undefined || entry.head === null || entry.thread.head === null) continue
      if (row.head < entry.head) entry.thread.reload()
      else if (row.head > entry.thread.head) await entry.thread.catchUp()
      else continue
      found = true
    }
    return found
  }

  let lastSweep: Promise<void> = Promise.resolve()

  const sweepAll = async (): Promise<void> => {
    try {
      const threads = o.threads().filter((thread) => thread.head !== null)
      let found = false
      for (let i = 0; i < threads.length && !closed; i += MAX_THREADS)
        found = (await sweepSome(threads.slice(i, i + MAX_THREADS))) || found
      if (threads.length > 0) o.metrics.count('sweeps', { found: found ? 'yes' : 'no' })
    } catch (error) {
      o.log.warn('could not read the heads of active threads', { error })
    }
  }

  const sweep = (): Promise<void> => {
    lastSweep = lastSweep.then(sweepAll)
    return lastSweep
  }

  const tick = async (): Promise<void> => {
    const degraded = o.bus.degraded()
    // Once more after the bus has recovered, for the last messages it lost.
    if (degraded || wasDegraded || o.now() >= sweepAt) {
      sweepAt = o.now() + jittered(INTERVAL_MS)
      await sweep()
    }
    wasDegraded = degraded
    schedule()
  }

  const schedule = (): void => {
    if (closed) return
    timer = setTimeout(() => void tick(), jittered(DEGRADED_INTERVAL_MS * 1.25))
    timer.unref()
  }
  schedule()

  return {
    sweep,
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
