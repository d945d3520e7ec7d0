import { expect, test } from 'vitest'
import { nextAttemptAt, serverPauseMs } from './retry-times.ts'

const HOUR_MS = 3_600_000
const at = (kind: 'message' | 'later' | 'server', ageMs: number, failures = 1, random = 0.5) => {
  const next = nextAttemptAt(kind, { createdAt: 1_000, nowAt: 1_000 + ageMs, failures, random })
  return next === null ? null : next - 1_000 - ageMs
}

test('what the server refuses for good is not tried again', () => {
  expect(at('message', 0)).toBeNull()
})

test('the pauses of a mail grow with its age, from half a minute to an hour, for five days', () => {
  expect(at('later', 0)).toBe(30_000)
  expect(at('later', 10 * 60_000)).toBe(5 * 60_000)
  expect(at('later', 24 * HOUR_MS)).toBe(HOUR_MS)
  expect(at('later', 5 * 24 * HOUR_MS - 1)).toBe(HOUR_MS)
  expect(at('later', 5 * 24 * HOUR_MS)).toBeNull()
  expect([at('later', 0, 1, 0), at('later', 0, 1, 1)]).toEqual([22_500, 37_500])
})

test('while the server is away mail waits a second to a minute at a time, however old it is', () => {
  expect([1, 2, 3, 4, 7, 100, 10_000].map((failures) => serverPauseMs(failures, 0.5))).toEqual([
    1_000, 2_000, 4_000, 8_000, 60_000, 60_000, 60_000,
  ])
  expect(at('server', 3 * 24 * HOUR_MS, 100)).toBe(60_000)
  expect(at('server', 3 * 24 * HOUR_MS, 0)).toBe(1_000)
})

test('a clock that was set back makes no pause negative or endless', () => {
  expect(at('later', -HOUR_MS)).toBe(30_000)
})
