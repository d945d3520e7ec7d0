import type { Clock } from '../../core/ports/clock.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import type { RateLimiter, RateRule } from '../../core/ports/rate-limiter.ts'
import type { RedisHandle } from './open-redis.ts'
import { createScript } from './script.ts'
import { SERVER_TIME } from './script-time.ts'

/** More than the rounding errors of sums of fractions of a millisecond. */
const ROUNDING_MS = 1e-3
/** How long a key stays past its time, where it has no effect any more: for a replica whose clock is behind. */
const KEEP_MS = 10_000

/**
 * GCRA (ITU-T I.371) for several keys at once: each key holds the time at which its whole burst is available again. A
 * time more than a window ahead cannot be from this clock, and counts as the end of the window.
 */
const takeAll = createScript(`${SERVER_TIME}
local charged, wait = {}, 0
for i, key in ipairs(KEYS) do
  local limit, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local at = charged[key] or math.min(tonumber(redis.call('GET', key) or now), now + window)
  charged[key] = math.max(at, now) + window / limit
  wait = math.max(wait, charged[key] - window - now)
end
if wait > ${ROUNDING_MS} then return {0, math.ceil(wait - ${ROUNDING_MS})} end
for key, at in pairs(charged) do
  redis.call('SET', key, string.format('%.17g', at), 'PX', math.ceil(at - now) + ${KEEP_MS})
end
return {1, 0}`)

/** Rules of one call share a scope and so a hash tag: on a cluster a script may only use keys of one slot. */
const keyOf = (rule: RateRule, scope: string): string => `repartee:rate:{${scope}}:${rule.key}`

/**
 * Rate limits of all nodes together. While Redis is unavailable each node enforces them by itself. `local` is charged at
 * all times for what is allowed, so that an outage does not reset the limits.
 */
export const createRedisRateLimiter = (o: {
  redis: RedisHandle
  local: RateLimiter
  metrics: Metrics
  /** For tests, instead of the clock of Redis, which all nodes share. */
  clock?: Clock
}): RateLimiter => ({
  async take(rules) {
    const [first] = rules
    if (first === undefined) return { allowed: true, retryAfterMs: 0 }
    const keys = rules.map((rule) => keyOf(rule, first.scope ?? 'all'))
    const args = rules.flatMap((rule) => [rule.limit, rule.windowMs])
    try {
      const answer = await o.redis.commands.run((client) => takeAll(client, keys, [o.clock?.() ?? '', ...args]))
      if (!Array.isArray(answer)) throw new Error('the script returned no array')
      const allowed = Number(answer[0]) === 1
      if (allowed) await o.local.take(rules)
      return { allowed, retryAfterMs: Number(answer[1]) }
    } catch {
      o.metrics.count('redis_fallbacks', { for: 'rate_limits' })
      return o.local.take(rules)
    }
  },
})
