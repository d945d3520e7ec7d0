import type { Clock } from '../../core/ports/clock.ts'
import type { RateLimiter, RateRule } from '../../core/ports/rate-limiter.ts'

/** More than the rounding errors of sums of fractions of a millisecond. */
const ROUNDING_MS = 1e-3
/** Expired keys are removed only above this number. */
const PURGE_FROM = 1_024

/**
 * Rate limits of one process by the generic cell rate algorithm (ITU-T I.371): each key holds the time at which its whole
 * burst is available again. A key past that time is the same as a new one and is removed.
 */
export const createMemoryRateLimiter = ({ now }: { now: Clock }): RateLimiter & { readonly size: number } => {
  const startedAt = now()
  const fullAt = new Map<string, number>()
  let purgeAtSize = PURGE_FROM

  const purge = (nowMs: number): void => {
    if (fullAt.size < purgeAtSize) return
    for (const [key, at] of fullAt) if (at <= nowMs) fullAt.delete(key)
    purgeAtSize = Math.max(PURGE_FROM, fullAt.size * 2)
  }

  /** The key's time after one more request, and how long that request has to wait. */
  const charge = (rule: RateRule, at: number, nowMs: number): { at: number; waitMs: number } => {
    const intervalMs = rule.windowMs / rule.limit
    const next = Math.max(at, nowMs) + intervalMs
    return { at: next, waitMs: next - rule.windowMs - nowMs }
  }

  return {
    get size() {
      return fullAt.size
    },
    async take(rules) {
      // Relative to the start, so that numbers are small enough for fractions of a millisecond.
      const nowMs = now() - startedAt
      purge(nowMs)
      const charged = new Map<string, number>()
      let waitMs = 0
      for (const rule of rules) {
        const result = charge(rule, charged.get(rule.key) ?? fullAt.get(rule.key) ?? 0, nowMs)
        charged.set(rule.key, result.at)
        waitMs = Math.max(waitMs, result.waitMs)
      }
      if (waitMs > ROUNDING_MS) return { allowed: false, retryAfterMs: Math.ceil(waitMs - ROUNDING_MS) }
      for (const [key, at] of charged) fullAt.set(key, at)
      return { allowed: true, retryAfterMs: 0 }
    },
  }
}
