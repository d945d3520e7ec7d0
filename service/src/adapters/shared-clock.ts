import type { Clock } from '../core/ports/clock.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'

/** The time all nodes of one database agree on, whatever their machines' clocks say. */
export type SharedClock = {
  /** Whole epoch milliseconds. Goes on evenly; steps only when it is found to be more than a second wrong. */
  readonly now: Clock
  /** Compare with the database now. Never rejects: what cannot be asked leaves everything as it was. */
  measure(): Promise<void>
  /** How this machine's clock compares; for `/readyz`. */
  describe(): string
  close(): void
}

/** Below this nobody notices, and a step would only make times less even. */
const STEP_MS = 1_000
/** The one with the shortest way there and back counts. */
const SAMPLES = 5
const EVERY_MS = 30_000
/** While the database does not answer. */
const AGAIN_MS = 5_000
const LOOK_MS = 1_000

type Sample = {
  /** The database's time minus `steady`. */
  readonly base: number
  /** It may be wrong by this much, since the way there and the way back share the round trip nobody knows how. */
  readonly errorMs: number
}

/**
 * A clock set by asking another for its time (Cristian's algorithm), which goes on by `steady`: neither a step of the
 * machine's clock nor an outage of the database moves it. It begins with the machine's clock.
 */
export const createSharedClock = (o: {
  /** The time to agree on, in epoch milliseconds; may take long or reject. */
  ask: () => Promise<number>
  machine: Clock
  /** Never steps; in milliseconds since whenever. */
  steady: Clock
  log: Logger
  metrics: Metrics
}): SharedClock => {
  const machineBase = (): number => o.machine() - o.steady()
  let base = machineBase()
  /** The machine's clock against `steady` when it was last looked at. */
  let seenBase = base
  /** What is to be added to the machine's clock; `null` before the first answer. */
  let offsetMs: number | null = null
  let dueAt = o.steady()
  let measuring: Promise<void> | null = null

  const takeSample = async (): Promise<Sample> => {
    const sentAt = o.steady()
    const theirs = await o.ask()
    const errorMs = (o.steady() - sentAt) / 2
    return { base: theirs - (sentAt + errorMs), errorMs }
  }

  const takeBest = async (): Promise<Sample> => {
    let best = await takeSample()
    for (let taken = 1; taken < SAMPLES; taken += 1) {
      const sample = await takeSample()
      if (sample.errorMs < best.errorMs) best = sample
    }
    return best
  }

  const compare = async (): Promise<void> => {
    const best = await takeBest()
    const wasOff = offsetMs !== null && Math.abs(offsetMs) > STEP_MS
    offsetMs = Math.round(best.base - machineBase())
    o.metrics.gauge('clock_offset_seconds', offsetMs / 1_000)
    const stepMs = Math.round(best.base - base)
    if (Math.abs(stepMs) > STEP_MS + best.errorMs) {
      base = best.base
      o.log.warn('the time was set to the database’s', { stepMs, offsetMs, errorMs: Math.round(best.errorMs) })
    }
    if (wasOff && Math.abs(offsetMs) <= STEP_MS) o.log.info('this machine’s clock is right again', { offsetMs })
  }

  const measure = (): Promise<void> => {
    seenBase = machineBase()
    measuring ??= compare()
      .then(
        () => {
          dueAt = o.steady() + EVERY_MS
        },
        (error: unknown) => {
          o.log.debug('the database’s time could not be asked', { error })
          dueAt = o.steady() + AGAIN_MS
        },
      )
      .finally(() => {
        measuring = null
      })
    return measuring
  }

  const timer = setInterval(() => {
    // Somebody set the machine's clock, or the machine slept: which one, the database knows.
    const jumped = Math.abs(machineBase() - seenBase) > STEP_MS / 2
    if (jumped || o.steady() >= dueAt) void measure()
  }, LOOK_MS)
  timer.unref()

  return {
    now: () => Math.round(o.steady() + base),
    measure,
    describe() {
      if (offsetMs === null) return 'not compared with the database yet'
      if (Math.abs(offsetMs) <= STEP_MS) return 'ok'
      const seconds = Math.abs(offsetMs / 1_000).toFixed(1)
      return `${seconds} s ${offsetMs > 0 ? 'behind' : 'ahead of'} the database: corrected`
    },
    close: () => clearInterval(timer),
  }
}
