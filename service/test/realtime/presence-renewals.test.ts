import { expect, test, vi } from 'vitest'
import { createPresenceRenewals } from '../../src/realtime/presence-renewals.ts'
import { useFakeTime } from './fake-time.ts'

useFakeTime()

/** Something that counts its renewals. */
const counted = () => {
  const renewed: number[] = []
  return { renewed, renewPresence: () => void renewed.push(Date.now()) }
}

test('an entry is renewed every 25 seconds from when it was added until it is removed', () => {
  const renewals = createPresenceRenewals()
  const startedAt = Date.now()
  const [first, second] = [counted(), counted()]
  renewals.add(first)
  vi.advanceTimersByTime(10_000)
  renewals.add(second)
  renewals.add(first)
  vi.advanceTimersByTime(70_000)
  renewals.remove(first)
  vi.advanceTimersByTime(30_000)
  expect(first.renewed.map((at) => at - startedAt)).toEqual([25_000, 50_000, 75_000])
  expect(second.renewed.map((at) => at - startedAt)).toEqual([35_000, 60_000, 85_000, 110_000])
})

test('entries added at different moments are not renewed together', () => {
  const renewals = createPresenceRenewals()
  const all = Array.from({ length: 100 }, counted)
  for (const one of all) {
    renewals.add(one)
    vi.advanceTimersByTime(250)
  }
  vi.advanceTimersByTime(25_000)
  const moments = new Set(all.flatMap(({ renewed }) => renewed))
  expect(moments.size).toBeGreaterThan(90)
})

test('the timer stops when the last entry is removed', () => {
  const renewals = createPresenceRenewals()
  const [first, second] = [counted(), counted()]
  for (const one of [first, second]) renewals.add(one)
  expect(vi.getTimerCount()).toBe(1)
  for (const one of [first, second]) renewals.remove(one)
  expect(vi.getTimerCount()).toBe(0)
  renewals.add(first)
  vi.advanceTimersByTime(25_000)
  expect(first.renewed).toHaveLength(1)
  renewals.remove(first)
})
