import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RateLimiter } from '../../../src/core/ports/rate-limiter.ts'

/** What each adapter gives: an empty limiter, and a way to advance its time. */
export type RateLimiterFactory = () => Promise<{ limiter: RateLimiter; pass(ms: number): Promise<void> }>

/** What every rate limiter promises; `share` of the random cases, for adapters whose every call is a round trip. */
export const rateLimiterContract = (factory: RateLimiterFactory, share = 1): void => {
  test('a burst of the limit is allowed, one more is not', async () => {
    const { limiter } = await factory()
    const rule = { key: 'a', limit: 5, windowMs: 60_000 }
    for (let i = 0; i < 5; i += 1) expect((await limiter.take([rule])).allowed).toBe(true)
    expect(await limiter.take([rule])).toEqual({ allowed: false, retryAfterMs: 12_000 })
    expect((await limiter.take([{ ...rule, key: 'b' }])).allowed).toBe(true)
  })

  test('retryAfterMs is exact: a millisecond earlier is refused, then it is allowed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 100, max: 100_000 }),
        fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 60 }),
        async (limit, windowMs, pauses) => {
          const { limiter, pass } = await factory()
          const rule = { key: 'a', limit, windowMs }
          for (const pause of pauses) {
            await pass(pause)
            await limiter.take([rule])
          }
          let refused = await limiter.take([rule])
          for (let i = 0; i < limit && refused.allowed; i += 1) refused = await limiter.take([rule])
          expect(refused.allowed).toBe(false)
          expect(refused.retryAfterMs).toBeGreaterThanOrEqual(1)
          await pass(refused.retryAfterMs - 1)
          expect((await limiter.take([rule])).allowed).toBe(refused.retryAfterMs === 1 && windowMs < limit)
          await pass(1)
          expect((await limiter.take([rule])).allowed).toBe(true)
        },
      ),
      { numRuns: 100 * share },
    )
  })

  test('no window ever allows more than the limit and a burst', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 10, max: 2_000 }),
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 200 }),
        async (limit, windowMs, pauses) => {
          const { limiter, pass } = await factory()
          const allowedAt: number[] = []
          let nowAt = 0
          for (const pause of pauses) {
            await pass(pause)
            nowAt += pause
            if ((await limiter.take([{ key: 'a', limit, windowMs }])).allowed) allowedAt.push(nowAt)
          }
          for (const start of allowedAt) {
            const inWindow = allowedAt.filter((at) => at >= start && at < start + windowMs).length
            expect(inWindow).toBeLessThanOrEqual(2 * limit)
          }
          // In the long run it is the limit that counts: the burst is granted once.
          expect(allowedAt.length).toBeLessThanOrEqual(limit + Math.floor((nowAt * limit) / windowMs + 1e-9))
        },
      ),
      { numRuns: 200 * share },
    )
  })

  test('a caller that stays within the rate is never refused', async () => {
    const { limiter, pass } = await factory()
    for (let i = 0; i < 500; i += 1) {
      expect((await limiter.take([{ key: 'a', limit: 3, windowMs: 1_000 }])).allowed).toBe(true)
      await pass(334)
    }
  })

  test('of several rules all must allow, or none is charged', async () => {
    const { limiter, pass } = await factory()
    const wide = { key: 'wide', limit: 10, windowMs: 60_000 }
    const narrow = { key: 'narrow', limit: 1, windowMs: 1_000 }
    expect((await limiter.take([wide, narrow])).allowed).toBe(true)
    for (let i = 0; i < 20; i += 1)
      expect(await limiter.take([wide, narrow])).toEqual({ allowed: false, retryAfterMs: 1_000 })
    for (let i = 0; i < 9; i += 1) expect((await limiter.take([wide])).allowed).toBe(true)
    // The longest wait of all the rules is the one told.
    expect(await limiter.take([narrow, wide])).toEqual({ allowed: false, retryAfterMs: 6_000 })
    await pass(6_000)
    expect((await limiter.take([narrow, wide])).allowed).toBe(true)
  })

  test('concurrent calls do not share what is left', async () => {
    const { limiter } = await factory()
    const rules = [{ key: 'a', limit: 7, windowMs: 60_000 }]
    const results = await Promise.all(Array.from({ length: 50 }, () => limiter.take(rules)))
    expect(results.filter((result) => result.allowed)).toHaveLength(7)
  })

  test('without rules everything is allowed', async () => {
    const { limiter } = await factory()
    expect(await limiter.take([])).toEqual({ allowed: true, retryAfterMs: 0 })
  })
}
