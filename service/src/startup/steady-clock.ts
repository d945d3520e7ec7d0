import type { Clock } from '../core/ports/clock.ts'

/** For durations: near the epoch's milliseconds, never set back or forth, with parts of a millisecond. */
export const steadyClock: Clock = () => performance.timeOrigin + performance.now()
