import { newId } from '@repartee/sdk/protocol'
import { installed } from '@repartee/tools/servers/find-program'
import { describe, expect, test } from 'vitest'
import { createMemoryRateLimiter } from '../../../src/adapters/memory/memory-rate-limiter.ts'
import { createRedisRateLimiter } from '../../../src/adapters/redis/redis-rate-limiter.ts'
import { countingMetrics } from '../../../testing/realtime-setup.ts'
import { sharedRedis } from '../../redis/test-redis.ts'
import { type RateLimiterFactory, rateLimiterContract } from './rate-limiter.contract.ts'

const memory = () => {
  let nowAt = 1_700_000_000_000
  const limiter = createMemoryRateLimiter({ now: () => nowAt })
  return {
    limiter,
    async pass(ms: number) {
      nowAt += ms
    },
  }
}

const shared = sharedRedis()

/** Refuses everything, so that it cannot pass a test instead of Redis. */
const refuseAll = { take: async () => ({ allowed: false, retryAfterMs: 1 }) }

const redis: RateLimiterFactory = async () => {
  const handle = await shared.handle()
  const prefix = newId()
  let nowAt = 1_750_000_000_000
  const limiter = createRedisRateLimiter({
    redis: handle,
    local: refuseAll,
    metrics: countingMetrics(),
    clock: () => nowAt,
  })
  return {
    limiter: { take: (rules) => limiter.take(rules.map((rule) => ({ ...rule, key: prefix + rule.key }))) },
    async pass(ms) {
      nowAt += ms
    },
  }
}

const factories: Record<string, { factory: RateLimiterFactory; share?: number }> = {
  memory: { factory: async () => memory() },
  ...(installed('redis-server') ? { redis: { factory: redis, share: 0.1 } } : {}),
}

for (const [name, { factory, share }] of Object.entries(factories))
  describe(name, () => rateLimiterContract(factory, share))

test('idle keys are dropped, so that memory is bounded however many visitors there were', async () => {
  const { limiter, pass } = memory()
  for (let i = 0; i < 50_000; i += 1) {
    await limiter.take([{ key: `network ${i}`, limit: 10, windowMs: 1_000 }])
    await pass(1)
  }
  expect(limiter.size).toBeLessThan(4_096)
})
