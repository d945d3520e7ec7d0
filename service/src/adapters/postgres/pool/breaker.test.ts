import { expect, test } from 'vitest'
import { createBreaker } from './breaker.ts'

const start = () => {
  const clock = { at: 1_000_000 }
  return { clock, breaker: createBreaker(() => clock.at) }
}
const times = (n: number, act: () => void): void => {
  for (let done = 0; done < n; done += 1) act()
}

test('three failures in a row open it, unless a success comes between them', () => {
  const { breaker } = start()
  expect([breaker.failed(), breaker.failed()]).toEqual([false, false])
  breaker.succeeded()
  expect([breaker.failed(), breaker.failed(), breaker.isOpen]).toEqual([false, false, false])
  expect([breaker.failed(), breaker.isOpen]).toEqual([true, true])
})

test('it opens when more than half of the outcomes of 10 s are failures; older ones do not count', () => {
  const { breaker, clock } = start()
  const alternate = (): boolean => {
    breaker.succeeded()
    return breaker.failed() || breaker.failed()
  }
  times(6, alternate)
  expect(breaker.isOpen).toBe(false)
  clock.at += 11_000
  times(6, alternate)
  expect(breaker.isOpen).toBe(false)
  expect(alternate()).toBe(true)
})

test('it waits for 1 s, twice as long after each failed probe, at most 15 s, and starts over after a stable period', () => {
  const { breaker, clock } = start()
  times(3, breaker.failed)
  const waits = Array.from({ length: 6 }, () => {
    const { waitMs } = breaker
    breaker.probeFailed()
    return waitMs
  })
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
  breaker.close()
  clock.at += 10_000
  times(3, breaker.failed)
  expect(breaker.waitMs).toBe(1_000)
})

test('a host that comes back and fails again at once is probed later each time', () => {
  const { breaker } = start()
  times(3, breaker.failed)
  breaker.close()
  times(3, breaker.failed)
  expect(breaker.waitMs).toBe(2_000)
})

test('a host whose server closed the connection is probed soon, then like any other', () => {
  const { breaker } = start()
  expect([breaker.closedByServer(), breaker.closedByServer(), breaker.isOpen]).toEqual([true, false, true])
  expect(breaker.waitMs).toBe(100)
  breaker.probeFailed()
  expect(breaker.waitMs).toBe(1_000)
})
