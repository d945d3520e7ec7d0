import type { ReparteeError } from '@repartee/sdk/protocol'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAdmission } from '../../src/realtime/admission.ts'
import { countingMetrics } from '../../testing/realtime-setup.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const open = (perSecond: number) => {
  const metrics = countingMetrics()
  const admission = createAdmission({ perSecond, now: Date.now, metrics, random: () => 0.5 })
  const inside: string[] = []
  const refused: { site: string; retryAfterMs: number | undefined }[] = []
  const come = (site: string, wanted = () => true): void => {
    admission.enter(site, wanted).then(
      () => inside.push(site),
      (error: unknown) => refused.push({ site, retryAfterMs: (error as ReparteeError).retryAfterMs }),
    )
  }
  return { admission, metrics, inside, refused, come }
}
const after = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const count = (list: readonly string[], site: string): number => list.filter((other) => other === site).length

test('one second’s worth is admitted at once, the rest at the rate', async () => {
  const t = open(100)
  for (let i = 0; i < 400; i += 1) t.come('a')
  await after(0)
  expect(t.inside).toHaveLength(100)
  await after(1_000)
  expect(t.inside.length).toBeGreaterThanOrEqual(195)
  expect(t.inside.length).toBeLessThanOrEqual(205)
  await after(2_100)
  expect(t.inside).toHaveLength(400)
  expect(t.refused).toEqual([])
})

test('a caller that would wait more than four seconds is told when to retry, and the node reports that it is full', async () => {
  const t = open(100)
  for (let i = 0; i < 600; i += 1) t.come('a')
  await after(0)
  expect(t.admission.full).toBe(true)
  expect(t.refused).toHaveLength(100)
  expect(t.refused[0]).toEqual({ site: 'a', retryAfterMs: 4_000 })
  expect(t.metrics.counts.get('rate_limited admission')).toBe(100)
  await after(1_000)
  expect(t.admission.full).toBe(false)
})

test('sites take turns: a storm on one neither delays nor displaces another', async () => {
  const t = open(100)
  for (let i = 0; i < 500; i += 1) t.come('storm')
  for (let i = 0; i < 20; i += 1) t.come('quiet')
  await after(500)
  expect(count(t.inside, 'quiet')).toBe(20)
  expect(t.refused.every(({ site }) => site === 'storm')).toBe(true)
})

test('a caller that has left the queue takes no turn', async () => {
  const t = open(100)
  for (let i = 0; i < 400; i += 1) t.come('a', () => i < 100 || i >= 300)
  await after(1_100)
  expect(t.inside).toHaveLength(200)
})

test('closing admits all that wait', async () => {
  const t = open(10)
  for (let i = 0; i < 30; i += 1) t.come('a')
  t.admission.close()
  await after(0)
  expect(t.inside).toHaveLength(30)
})

test('for any arrivals, every caller is answered and no more are admitted than the rate allows', async () => {
  const arrivals = fc.array(fc.tuple(fc.nat(120), fc.constantFrom('a', 'b', 'c'), fc.nat(300)), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(arrivals, async (steps) => {
      const t = open(50)
      let came = 0
      let passedMs = 0
      for (const [howMany, site, waitMs] of steps) {
        for (let i = 0; i < howMany; i += 1) t.come(site)
        came += howMany
        await after(waitMs)
        passedMs += waitMs
        expect(t.inside.length).toBeLessThanOrEqual(50 + (passedMs / 1_000) * 50 + 1)
      }
      await after(5_000)
      expect(t.inside.length + t.refused.length).toBe(came)
    }),
    { numRuns: 40 },
  )
})
