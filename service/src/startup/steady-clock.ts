import type { Clock } from '../core/ports/clock.ts'

/** A monotonic clock for durations. It starts near the epoch milliseconds and has fractions of a millisecond. */
export const steadyClock: Clock = () => performance.timeOrigin + performance.now()
