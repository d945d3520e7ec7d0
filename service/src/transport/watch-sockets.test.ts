import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { drainSockets } from './drain.ts'
import { MAX_UNREAD_BYTES, MOST_UNREAD_BYTES, type WatchedSocket, watchSockets } from './watch-sockets.ts'

const LIFETIME_MS = 100_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A socket that records what is done to it, and when. */
const fakeSocket = (o: { unread?: number } = {}) => {
  const moves: { at: number; afterMs: number }[] = []
  const closes: number[] = []
  const live: WatchedSocket = {
    openedAt: Date.now(),
    reconnectAt: null,
    bufferedBytes: () => o.unread ?? 0,
    close: (code) => void closes.push(code),
    requestReconnect: (afterMs) => void moves.push({ at: Date.now(), afterMs }),
  }
  return { live, moves, closes }
}
const watch = (sockets: readonly { live: WatchedSocket }[], lifetimeMs: number) =>
  watchSockets({ sockets: () => sockets.map(({ live }) => live), lifetimeMs, now: Date.now, random: Math.random })

test('each socket moves once, at a random time in the last quarter of its lifetime', () => {
  const startedAt = Date.now()
  const sockets = Array.from({ length: 200 }, () => fakeSocket())
  const watching = watch(sockets, LIFETIME_MS)
  vi.advanceTimersByTime(LIFETIME_MS * 3)
  const times = sockets.flatMap(({ moves }) => moves.map(({ at }) => at - startedAt))
  expect(times).toHaveLength(200)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(LIFETIME_MS * 0.75)
  expect(Math.max(...times)).toBeLessThanOrEqual(LIFETIME_MS + 100)
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(LIFETIME_MS * 0.15)
  watching.close()
})

test('without a lifetime no socket moves', () => {
  const sockets = [fakeSocket()]
  watch(sockets, 0)
  vi.advanceTimersByTime(LIFETIME_MS * 100)
  expect(sockets[0]?.moves).toEqual([])
})

test('a client with too many unread bytes and no progress is closed with the resume code, others are not', () => {
  const [stuck, flooded, reading] = [MAX_UNREAD_BYTES + 1, MOST_UNREAD_BYTES + 1, MAX_UNREAD_BYTES].map((unread) =>
    fakeSocket({ unread }),
  )
  const all = [stuck, flooded, reading].filter((socket) => socket !== undefined)
  const watching = watch(all, 0)
  vi.advanceTimersByTime(1_000)
  expect(all.map(({ closes }) => closes)).toEqual([[], [], []])
  watching.published()
  vi.advanceTimersByTime(100)
  expect(all.map(({ closes }) => closes.length > 0)).toEqual([false, true, false])
  vi.advanceTimersByTime(500)
  expect([stuck?.closes[0], flooded?.closes[0], reading?.closes]).toEqual([4001, 4001, []])
})

test('a client that reads slowly but makes progress stays connected while others write', () => {
  const state = { unread: MOST_UNREAD_BYTES }
  const slow = fakeSocket(state)
  const watching = watch([slow], 0)
  for (; state.unread > 0; state.unread -= 10_000) {
    watching.published()
    vi.advanceTimersByTime(400)
  }
  expect(slow.closes).toEqual([])
  // A client that reads no faster than data arrives makes no progress.
  state.unread = MAX_UNREAD_BYTES + 1
  for (let i = 0; i < 10; i += 1) {
    watching.published()
    vi.advanceTimersByTime(100)
    state.unread += 1_000
  }
  expect(slow.closes[0]).toBe(4001)
})

test('a node drains slice by slice, and asks each socket once', async () => {
  vi.useRealTimers()
  const sockets = Array.from({ length: 1_000 }, () => fakeSocket())
  const sizes: number[] = []
  const random = (): number => {
    const asked = sockets.filter(({ moves }) => moves.length > 0).length
    if (asked % 200 === 0) sizes.push(asked)
    return 0
  }
  await drainSockets({ sockets: () => sockets.map(({ live }) => live), overMs: 500, random })
  expect(sockets.every(({ moves }) => moves.length === 1)).toBe(true)
  expect(sizes).toEqual([0, 200, 400, 600, 800])
  // The five slices are asked one after the other.
  const times = sockets.map(({ moves: [first] }) => first?.at ?? 0)
  for (let at = 200; at < 1_000; at += 200) expect((times[at] ?? 0) - (times[at - 1] ?? 0)).toBeGreaterThanOrEqual(80)
})

test('a few sockets are asked together and reconnect soon', async () => {
  const sockets = Array.from({ length: 5 }, () => fakeSocket())
  await drainSockets({ sockets: () => sockets.map(({ live }) => live), overMs: 10_000, random: () => 0.999 })
  expect(sockets.map(({ moves }) => moves[0]?.afterMs)).toEqual([99, 99, 99, 99, 99])
})
