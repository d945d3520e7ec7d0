import type { Delta } from '@repartee/sdk/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Coalescer, createCoalescer } from '../../src/realtime/coalesce.ts'
import { created, deltaOf } from './deltas.ts'

let flushed: { delta: Delta; at: number }[] = []
let coalescer: Coalescer

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'Date'], now: 1_000_000 })
  flushed = []
  coalescer = createCoalescer({
    now: Date.now,
    flush: (_, delta) => void flushed.push({ delta, at: Date.now() - 1_000_000 }),
  })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Add single changes at an even rate; returns the frames of the last second. */
const stream = async (perSecond: number, seconds: number): Promise<number> => {
  for (let i = 0; i < perSecond * seconds; i += 1) {
    coalescer.add('site', created(i + 1))
    await vi.advanceTimersByTimeAsync(1_000 / perSecond)
  }
  const endAt = Date.now() - 1_000_000
  return flushed.filter((frame) => frame.at >= endAt - 1_000).length
}

test('a quiet thread’s delta is sent at once, but never within the turn that published it', async () => {
  coalescer.add('site', created(1))
  await Promise.resolve()
  expect(flushed).toEqual([])
  await vi.advanceTimersByTimeAsync(0)
  expect(flushed.map((frame) => frame.at)).toEqual([0])
})

test('ten changes a second make ten frames a second', async () => {
  expect(await stream(10, 4)).toBe(10)
})

test('a hundred changes a second make twenty frames a second', async () => {
  const frames = await stream(100, 4)
  expect(frames).toBeGreaterThanOrEqual(16)
  expect(frames).toBeLessThanOrEqual(21)
})

test('five hundred changes a second are sent four times a second, in frames of at most a hundred changes', async () => {
  await stream(500, 4)
  const last = flushed.filter((frame) => frame.at >= 3_000)
  expect(new Set(last.map((frame) => frame.at)).size).toBeLessThanOrEqual(5)
  for (const { delta } of flushed) expect(delta.changes.length).toBeLessThanOrEqual(100)
})

test('no change is lost, repeated or out of order at any rate', async () => {
  await stream(500, 2)
  coalescer.close()
  let to = 0
  for (const { delta } of flushed) {
    expect(delta.from).toBe(to)
    to = delta.to
  }
  expect(to).toBe(1_000)
})

test('a thread that has become quiet is sent at once again', async () => {
  await stream(100, 2)
  await vi.advanceTimersByTimeAsync(5_000)
  flushed = []
  coalescer.add('site', created(1_000))
  await vi.advanceTimersByTimeAsync(0)
  expect(flushed).toHaveLength(1)
})

test('deltas with another node’s changes between them are not merged', async () => {
  coalescer.add('site', created(1))
  coalescer.add('site', created(3))
  coalescer.add('site', created(4))
  await vi.advanceTimersByTimeAsync(0)
  expect(flushed.map(({ delta }) => [delta.from, delta.to])).toEqual([
    [0, 1],
    [2, 4],
  ])
})

test('a frame that would grow too large is split', async () => {
  for (let seq = 1; seq <= 10; seq += 1) coalescer.add('site', created(seq, { html: 'x'.repeat(20_000) }))
  await vi.advanceTimersByTimeAsync(0)
  expect(flushed.map(({ delta }) => delta.changes.length)).toEqual([3, 3, 3, 1])
})

test('a busy thread does not delay another', async () => {
  await stream(100, 2)
  flushed = []
  coalescer.add('site', deltaOf(0, 1, [], { thread: 'another' }))
  await vi.advanceTimersByTimeAsync(0)
  expect(flushed.filter(({ delta }) => delta.thread === 'another')).toHaveLength(1)
})
