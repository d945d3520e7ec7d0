import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRetryBudget } from './retry-budget.ts'

test('within any 9 s, retries stay within the reserve plus a tenth of the statements sent in the last 10 s', async () => {
  const step = fc.record({ waitMs: fc.nat({ max: 3_000 }), sent: fc.nat({ max: 30 }), wanted: fc.nat({ max: 30 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat({ max: 10 }), async (steps, reserve) => {
      let at = 5_000_000
      const budget = createRetryBudget({ now: () => at, reserve })
      const sent: number[] = []
      const allowed: number[] = []
      for (const { waitMs, sent: more, wanted } of steps) {
        at += waitMs
        for (let n = 0; n < more; n += 1) {
          budget.sent()
          sent.push(at)
        }
        for (let n = 0; n < wanted; n += 1) if (budget.take()) allowed.push(at)
        const recently = (times: readonly number[], ms: number): number => times.filter((time) => time > at - ms).length
        // Counts are per second: an event 9 s old always counts, one 10 s old never does. Earlier retries were allowed
        // for statements sent before them.
        const before = sent.filter((time) => time > at - 20_000).length
        expect(recently(allowed, 9_000)).toBeLessThanOrEqual(Math.ceil(reserve + before * 0.1))
      }
    }),
  )
})

test('the reserve is available again after 10 s', () => {
  let at = 0
  const budget = createRetryBudget({ now: () => at, reserve: 2 })
  expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false])
  at = 10_000
  expect(budget.take()).toBe(true)
})
