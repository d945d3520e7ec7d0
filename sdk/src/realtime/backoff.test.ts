import { expect, test } from 'vitest'
import { createBackoff } from './backoff.ts'

test('the ceiling doubles from half a second to thirty and stays there', () => {
  const backoff = createBackoff(() => 1)
  expect(Array.from({ length: 9 }, () => backoff.next())).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ])
})

test('the jitter is full: the wait may be anything below the ceiling', () => {
  const randoms = [0, 0.25, 0.999]
  const backoff = createBackoff(() => randoms.shift() ?? 0)
  expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([0, 250, 1_998])
})

test('no wait is shorter than the service asked for, and success starts over', () => {
  const backoff = createBackoff(() => 0)
  expect(backoff.next(7_000)).toBe(7_000)
  const full = createBackoff(() => 1)
  full.next()
  full.next()
  full.reset()
  expect(full.next()).toBe(500)
})
