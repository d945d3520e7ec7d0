import { describe, expect, test } from 'vitest'
import { createMemoryRateLimiter } from '../../../src/adapters/memory/rate-limiter.ts'
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

const factories: Record<string, RateLimiterFactory> = { memory: async () => memory() }

for (const [name, factory] of Object.entries(factories)) describe(name, () => rateLimiterContract(factory))

test('keys that are idle are dropped, so that many visitors in turn cost bounded memory', async () => {
  const { limiter, pass } = memory()
  for (let i = 0; i < 50_000; i += 1) {
    await limiter.take([{ key: `network ${i}`, limit: 10, windowMs: 1_000 }])
    await pass(1)
  }
  expect(limiter.size).toBeLessThan(4_096)
})
