import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { drainSockets } from './drain.ts'
import { MAX_BUFFERED_BYTES, type MonitoredSocket, monitorSockets, SLOW_BUFFERED_BYTES } from './monitor-sockets.ts'

const LIFETIME_MS = 100_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A socket that records what is done to it, and when. */
const fakeSocket = (o: { buffered?: number } = {}) => {
  const requests: { at: number; afterMs: number }[] = []
  const closes: number[] = []
  const live: MonitoredSocket = {
    openedAt: Date.now(),
    reconnectAt: null,
    bufferedBytes: () => o.buffered ?? 0,
    close: (code) => void closes.push(code),
    requestReconnect: (afterMs) => void requests.push({ at: Date.now(), afterMs }),
  }
  return { live, requests, closes }
}
const startMonitor = (sockets: readonly { live: MonitoredSocket }[], lifetimeMs: number) =>
  monitorSockets({ sockets: () => sockets.map(({ live }) => live), lifetimeMs, now: Date.now, random: Math.random })

test('sockets are asked to reconnect once, in the last quarter of their lifetime, at different moments', () => {
  const startedAt = Date.now()
  const sockets = Array.from({ length: 200 }, () => fakeSocket())
  const monitor = startMonitor(sockets, LIFETIME_MS)
  vi.advanceTimersByTime(LIFETIME_MS * 3)
  const times = sockets.flatMap(({ requests }) => requests.map(({ at }) => at - startedAt))
  expect(times).toHaveLength(200)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(LIFETIME_MS * 0.75)
  expect(Math.max(...times)).toBeLessThanOrEqual(LIFETIME_MS + 100)
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(LIFETIME_MS * 0.15)
  monitor.close()
})

test('without a lifetime no socket is asked to reconnect', () => {
  const sockets = [fakeSocket()]
  startMonitor(sockets, 0)
  vi.advanceTimersByTime(LIFETIME_MS * 100)
  expect(sockets[0]?.requests).toEqual([])
})

test('a socket with too much buffered and no progress is closed with the resume code, others are not', () => {
  const [stuck, flooded, reading] = [SLOW_BUFFERED_BYTES + 1, MAX_BUFFERED_BYTES + 1, SLOW_BUFFERED_BYTES].map(
    (buffered) => fakeSocket({ buffered }),
  )
  const all = [stuck, flooded, reading].filter((socket) => socket !== undefined)
  const monitor = startMonitor(all, 0)
  vi.advanceTimersByTime(1_000)
  expect(all.map(({ closes }) => closes)).toEqual([[], [], []])
  monitor.published()
  vi.advanceTimersByTime(100)
  expect(all.map(({ closes }) => closes.length > 0)).toEqual([false, true, false])
  vi.advanceTimersByTime(500)
  expect([stuck?.closes[0], flooded?.closes[0], reading?.closes]).toEqual([4001, 4001, []])
})

test('a socket that slowly catches up while others write is not closed', () => {
  const state = { buffered: MAX_BUFFERED_BYTES }
  const slow = fakeSocket(state)
  const monitor = startMonitor([slow], 0)
  for (; state.buffered > 0; state.buffered -= 10_000) {
    monitor.published()
    vi.advanceTimersByTime(400)
  }
  expect(slow.closes).toEqual([])
  // A socket that reads no faster than it is sent makes no progress.
  state.buffered = SLOW_BUFFERED_BYTES + 1
  for (let i = 0; i < 10; i += 1) {
    monitor.published()
    vi.advanceTimersByTime(100)
    state.buffered += 1_000
  }
  expect(slow.closes[0]).toBe(4001)
})

test('draining asks sockets slice by slice, each once', async () => {
  vi.useRealTimers()
  const sockets = Array.from({ length: 1_000 }, () => fakeSocket())
  const sizes: number[] = []
  const random = (): number => {
    const asked = sockets.filter(({ requests }) => requests.length > 0).length
    if (asked % 200 === 0) sizes.push(asked)
    return 0
  }
  await drainSockets({ sockets: () => sockets.map(({ live }) => live), overMs: 500, random })
  expect(sockets.every(({ requests }) => requests.length === 1)).toBe(true)
  expect(sizes).toEqual([0, 200, 400, 600, 800])
  // One moment for each of the five slices.
  const times = sockets.map(({ requests: [first] }) => first?.at ?? 0)
  for (let at = 200; at < 1_000; at += 200) expect((times[at] ?? 0) - (times[at - 1] ?? 0)).toBeGreaterThanOrEqual(80)
})

test('draining asks a few sockets at once, to reconnect soon', async () => {
  const sockets = Array.from({ length: 5 }, () => fakeSocket())
  await drainSockets({ sockets: () => sockets.map(({ live }) => live), overMs: 10_000, random: () => 0.999 })
  expect(sockets.map(({ requests }) => requests[0]?.afterMs)).toEqual([99, 99, 99, 99, 99])
})
