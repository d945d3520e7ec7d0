import { expect, test } from 'vitest'
import { pickHost } from './pick-host.ts'

const host = (load: number, isOpen = false) => ({ load, isOpen })

test('of two hosts the less busy one is picked, and never one whose breaker is open', () => {
  const [busy, idle, out] = [host(9), host(1), host(0, true)]
  for (let n = 0; n < 100; n += 1) expect(pickHost([busy, idle, out], null)).toBe(idle)
})

test('the host to avoid is picked when there is no other', () => {
  const [a, b] = [host(0), host(9)]
  for (let n = 0; n < 50; n += 1) expect(pickHost([a, b], a)).toBe(b)
  expect(pickHost([a, host(0, true)], a)).toBe(a)
  expect(pickHost([host(0, true)], null)).toBeNull()
})

test('the busiest of many is never picked, and all others are', () => {
  const hosts = [host(0), host(1), host(2), host(99)]
  const taken = new Set(Array.from({ length: 500 }, () => pickHost(hosts, null)))
  expect(taken).toEqual(new Set(hosts.slice(0, 3)))
})
