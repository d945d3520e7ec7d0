import type { Clock } from '../core/ports/clock.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'

/** The time that all nodes of one database share, independent of their machines' clocks. */
export type SharedClock = {
  /** Whole epoch milliseconds. Advances evenly; steps only when found to be wrong by more than a second. */
  readonly now: Clock
  /** Compare with the database now. Never rejects; if the database does not answer, nothing changes. */
  measure(): Promise<void>
  /** How this machine's clock compares; for `/readyz`. */
  describe(): string
  close(): void
}

/** A smaller difference goes unnoticed, and a step would only make times less even. */
const STEP_MS = 1_000
/** The sample with the shortest round trip is used. */
const SAMPLES = 5
const EVERY_MS = 30_000
/** While the database does not answer. */
const RETRY_MS = 5_000
const CHECK_MS = 1_000

type Sample = {
  /** The database's time minus `steady`. */
  readonly base: number
  /** The most it may be wrong by: the round trip is not necessarily symmetric. */
  readonly errorMs: number
}

/**
 * A clock that is set by asking the database for its time (Cristian's algorithm) and advances with `steady`, so neither a
 * step of the machine's clock nor an outage of the database affects it. It starts with the machine's time.
 */
export const createSharedClock = (o: {
  /** Read the shared time, in epoch milliseconds; may be slow or reject. */
  ask: () => Promise<number>
  machine: Clock
  /** Monotonic milliseconds. */
  steady: Clock
  log: Logger
  metrics: Metrics
}): SharedClock => {
  const machineBase = (): number => o.machine() - o.steady()
  let base = machineBase()
  /** The machine's time minus `steady` at the last comparison. */
  let machineBaseBefore = base
  /** The shared time minus the machine's; `null` before the first answer. */
  let offsetMs: number | null = null
  let dueAt = o.steady()
  let measuring: Promise<void> | null = null

  const readSample = async (): Promise<Sample> => {
    const sentAt = o.steady()
    const databaseAt = await o.ask()
    const errorMs = (o.steady() - sentAt) / 2
    return { base: databaseAt - (sentAt + errorMs), errorMs }
  }

  const readBestSample = async (): Promise<Sample> => {
    let best = await readSample()
    for (let i = 1; i < SAMPLES; i += 1) {
      const sample = await readSample()
      if (sample.errorMs < best.errorMs) best = sample
    }
    return best
  }

  const compare = async (): Promise<void> => {
    const best = await readBestSample()
    const wasOff = offsetMs !== null && Math.abs(offsetMs) > STEP_MS
    offsetMs = Math.round(best.base - machineBase())
    o.metrics.gauge('clock_offset_seconds', offsetMs / 1_000)
    const stepMs = Math.round(best.base - base)
    if (Math.abs(stepMs) > STEP_MS + best.errorMs) {
      base = best.base
      o.log.warn('the time was set to the database’s', { stepMs, offsetMs, errorMs: Math.round(best.errorMs) })
    }
    if (wasOff && Math.abs(offsetMs) <= STEP_MS) o.log.info('this machine’s clock is correct again', { offsetMs })
  }

  const measure = (): Promise<void> => {
    machineBaseBefore = machineBase()
    measuring ??= compare()
      .then(
        () => {
          dueAt = o.steady() + EVERY_MS
        },
        (error: unknown) => {
          o.log.debug('the database’s time could not be read', { error })
          dueAt = o.steady() + RETRY_MS
        },
      )
      .finally(() => {
        measuring = null
      })
    return measuring
  }

  const timer = setInterval(() => {
    // The machine's clock was set, or the machine was asleep. Only the database's time tells which.
    const jumped = Math.abs(machineBase() - machineBaseBefore) > STEP_MS / 2
    if (jumped || o.steady() >= dueAt) void measure()
  }, CHECK_MS)
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
