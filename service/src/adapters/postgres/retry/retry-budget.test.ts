import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRetryBudget } from './retry-budget.ts'

test('within any 9 s retries stay at the reserve and a tenth of what was sent in the 10 s before', async () => {
  const step = fc.record({ waitMs: fc.nat({ max: 3_000 }), sent: fc.nat({ max: 30 }), asked: fc.nat({ max: 30 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat({ max: 10 }), async (steps, reserve) => {
      let at = 5_000_000
      const budget = createRetryBudget({ now: () => at, reserve })
      const sent: number[] = []
      const allowed: number[] = []
      for (const { waitMs, sent: more, asked } of steps) {
        at += waitMs
        for (let n = 0; n < more; n += 1) {
          budget.sent()
          sent.push(at)
        }
        for (let n = 0; n < asked; n += 1) if (budget.take()) allowed.push(at)
        const recently = (times: readonly number[], ms: number): number => times.filter((time) => time > at - ms).length
        // Whole seconds are counted, so what is 9 s old surely counts and what is 10 s old surely does not. What was
        // allowed earlier was allowed for what had been sent by then.
        const before = sent.filter((time) => time > at - 20_000).length
        expect(recently(allowed, 9_000)).toBeLessThanOrEqual(Math.ceil(reserve + before * 0.1))
      }
    }),
  )
})

test('the reserve comes back after 10 s', () => {
  let at = 0
  const budget = createRetryBudget({ now: () => at, reserve: 2 })
  expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false])
  at = 10_000
  expect(budget.take()).toBe(true)
})
