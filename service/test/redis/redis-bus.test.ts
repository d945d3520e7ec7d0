import type { RedisCommander } from 'ioredis'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { RedisHandle } from '../../src/adapters/redis/open-redis.ts'
import { createRedisBus } from '../../src/adapters/redis/redis-bus.ts'
import { countingMetrics } from '../../testing/realtime-setup.ts'

/** A scripted Redis: the test decides its mode, its subscriptions, and whether it refuses messages. */
const startScripted = () => {
  const changed = new Set<() => void>()
  const modes = new Set<(mode: 'ok' | 'degraded') => void>()
  const published: string[] = []
  const subscribed = new Set<string>()
  const state = { refuses: false, mode: 'ok' as 'ok' | 'degraded' }
  const client = {
    async publish(_: string, text: string) {
      published.push(text)
      if (state.refuses) throw new Error('MOVED 1 127.0.0.1:7000')
      return 1
    },
  }
  const add =
    <T>(all: Set<T>) =>
    (listener: T) => {
      all.add(listener)
      return () => void all.delete(listener)
    }
  const redis: RedisHandle = {
    node: 'n',
    sharded: false,
    commands: {
      up: () => state.mode === 'ok',
      run: (command) => command(client as unknown as RedisCommander),
    },
    subscriptions: {
      add: () => undefined,
      release: () => undefined,
      complete: () => true,
      isSubscribed: (topic) => subscribed.has(topic),
      close: () => undefined,
    },
    mode: () => state.mode,
    reason: () => null,
    onMode: add(modes),
    onChange: add(changed),
    onMessage: () => () => undefined,
    close: async () => undefined,
  }
  const bus = createRedisBus({ redis, metrics: countingMetrics(), now: Date.now })
  return {
    bus,
    published,
    refuse(refuses: boolean) {
      state.refuses = refuses
    },
    confirm(topic: string) {
      subscribed.add(topic)
      for (const listener of [...changed]) listener()
    },
    setMode(mode: 'ok' | 'degraded') {
      state.mode = mode
      for (const listener of [...changed]) listener()
      for (const listener of [...modes]) listener(mode)
    },
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a message that Redis refuses is sent again soon, in order and once', async () => {
  const { bus, published, refuse } = startScripted()
  refuse(true)
  bus.publish('t:1', 'a')
  bus.publish('t:1', 'b')
  await vi.advanceTimersByTimeAsync(0)
  expect(published).toEqual(['n\na', 'n\nb'])
  refuse(false)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(published.slice(2)).toEqual(['n\na', 'n\nb'])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(published).toHaveLength(4)
})

test('a message that is always refused is given up once every node has swept, and no timer goes on', async () => {
  const { bus, published, refuse } = startScripted()
  refuse(true)
  bus.publish('t:1', 'a')
  await vi.advanceTimersByTimeAsync(15_000)
  expect(published.length).toBeGreaterThan(10)
  await vi.advanceTimersByTimeAsync(10_000)
  const tries = published.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(published).toHaveLength(tries)
  expect(vi.getTimerCount()).toBe(0)
})

test('messages that could not be sent while Redis was unavailable are sent when it is back, unless the bus was closed', async () => {
  const { bus, published, setMode } = startScripted()
  setMode('degraded')
  bus.publish('t:1', 'a')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(published).toEqual([])
  setMode('ok')
  await vi.advanceTimersByTimeAsync(0)
  expect(published).toEqual(['n\na'])
  setMode('degraded')
  bus.publish('t:1', 'b')
  await bus.close()
  setMode('ok')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(published).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
})

test('subscriptions that took too long cause one gap once they are in effect', async () => {
  const { bus, confirm } = startScripted()
  const gap = vi.fn()
  bus.onGap(gap)
  const waited = vi.fn()
  for (const topic of ['t:1', 't:2', 't:3']) {
    bus.subscribe(topic, () => undefined)
    void bus.listening(topic).then(waited)
  }
  await vi.advanceTimersByTimeAsync(100)
  confirm('t:3')
  await vi.advanceTimersByTimeAsync(0)
  expect(waited).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(waited).toHaveBeenCalledTimes(3)
  expect(gap).not.toHaveBeenCalled()
  confirm('t:1')
  confirm('t:2')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(gap).toHaveBeenCalledTimes(1)
  confirm('t:4')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(gap).toHaveBeenCalledTimes(1)
})
