import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createConnection } from './connection.ts'
import { connectionTable, type Row } from './connection-table.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A connection on a platform without WebSocket. */
const polling = () => {
  const startedAt: number[] = []
  let fail = (): void => undefined
  const connection = createConnection({
    open: undefined,
    url: '',
    site: 'demo',
    session: { token: undefined, renew: async () => undefined },
    random: () => 1,
    now: Date.now,
    onStateChange: () => undefined,
    onLive: () => undefined,
    onPush: () => undefined,
    startPolling(onFailed) {
      startedAt.push(Date.now())
      fail = () => onFailed(undefined)
      return () => undefined
    },
  })
  connection.start()
  return { startedAt, connection, fail: () => fail() }
}

test('polling that keeps failing is retried after longer and longer waits, and soon if it had worked', () => {
  const { startedAt, connection, fail } = polling()
  const waits: number[] = []
  for (let i = 0; i < 8; i += 1) {
    const failedAt = Date.now()
    fail()
    while (startedAt.length < i + 2) vi.advanceTimersByTime(100)
    waits.push((startedAt.at(-1) ?? 0) - failedAt)
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  vi.advanceTimersByTime(3_600_000)
  fail()
  vi.advanceTimersByTime(500)
  expect(startedAt).toHaveLength(10)
  connection.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('a row of the table that forgets an event does not compile', () => {
  const { woken, ...incomplete } = connectionTable.live
  const rows = [
    // @ts-expect-error `woken` is neither named nor given a transition.
    incomplete satisfies Row<'pollingFailed' | 'timeout' | 'blocked' | 'welcomed', 'start'>,
    { ...incomplete, woken } satisfies Row<'pollingFailed' | 'timeout' | 'blocked' | 'welcomed', 'start'>,
  ]
  expect(rows[1]).toEqual(connectionTable.live)
})
