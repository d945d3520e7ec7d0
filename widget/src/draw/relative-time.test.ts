import { expect, test } from 'vitest'
import { relativeTime } from './relative-time.ts'

const now = Date.UTC(2026, 5, 15, 12)
const minutes = (n: number): number => now - n * 60_000

test.each([
  [now + 5_000, 'now'],
  [now - 59_999, 'now'],
  [minutes(1), '1 minute ago'],
  [minutes(59), '59 minutes ago'],
  [minutes(60), '1 hour ago'],
  [minutes(60 * 23), '23 hours ago'],
  [minutes(60 * 24), 'yesterday'],
  [minutes(60 * 24 * 6), '6 days ago'],
  [minutes(60 * 24 * 8), 'Jun 7'],
  [Date.UTC(2024, 2, 3, 12), 'Mar 3, 2024'],
])('%d reads "%s"', (at, text) => {
  expect(relativeTime(at, now, 'en')).toBe(text)
})

test('the language decides the words', () => {
  expect(relativeTime(minutes(3), now, 'vi')).toBe('3 phút trước')
})
