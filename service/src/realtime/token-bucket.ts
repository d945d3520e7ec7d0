import type { Clock } from '../core/ports/clock.ts'

/** Make a bucket that holds `burst` and refills `perSecond`; it answers whether one more may be taken, and takes it. */
export const createTokenBucket = (o: { perSecond: number; burst: number; now: Clock }): (() => boolean) => {
  let tokens = o.burst
  let at = o.now()
  return () => {
    const nowAt = o.now()
    tokens = Math.min(o.burst, tokens + (Math.max(0, nowAt - at) / 1_000) * o.perSecond)
    at = nowAt
    if (tokens < 1) return false
    tokens -= 1
    return true
  }
}
