import { installed } from '@repartee/tools/servers/find-program'
import { type RedisServer, startRedis } from '@repartee/tools/servers/start-redis'
import type { Redis } from 'ioredis'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createMemoryPresence } from '../../src/adapters/memory/memory-presence.ts'
import { createMemoryRateLimiter } from '../../src/adapters/memory/memory-rate-limiter.ts'
import { createRedisBus } from '../../src/adapters/redis/redis-bus.ts'
import { createRedisPresence } from '../../src/adapters/redis/redis-presence.ts'
import { createRedisRateLimiter } from '../../src/adapters/redis/redis-rate-limiter.ts'
import { eventually } from '../../testing/eventually.ts'
import { startProxy } from './redis-proxy.ts'
import { openTestRedis, retryUntilAnswered, SLOW_TEST_MS } from './test-redis.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const start = async (): Promise<RedisServer> => {
  const server = await startRedis()
  closing.push(server.stop)
  return server
}

/** All that a node uses Redis for. */
const openNode = async (url: string) => {
  const now = Date.now
  const { redis, metrics, log } = await openTestRedis(url)
  closing.push(redis.close)
  const bus = createRedisBus({ redis, metrics, now })
  const presence = createRedisPresence({ redis, local: createMemoryPresence({ now }), metrics })
  const limiter = createRedisRateLimiter({ redis, local: createMemoryRateLimiter({ now }), metrics })
  return { redis, metrics, log, bus, presence, limiter }
}

/** How long `work` takes, in milliseconds. */
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

const rule = { key: 'a', limit: 3, windowMs: 60_000 }

describe.runIf(installed('redis-server'))('without Redis', { timeout: SLOW_TEST_MS }, () => {
  test('a node starts, enforces limits and tracks presence by itself, and joins the other nodes once Redis is up', async () => {
    const server = await start()
    await server.kill()
    const [a, b] = await Promise.all([openNode(server.url), openNode(server.url)])
    expect(a.redis.mode()).toBe('degraded')
    expect(a.redis.reason()).toBe('commands are not answered')
    expect(a.bus.degraded()).toBe(true)
    expect(a.log.lines).toContain('redis is unavailable')
    const heard = vi.fn()
    b.bus.subscribe('t:1', heard)
    await b.bus.listening('t:1')
    expect(() => a.bus.publish('t:1', 'before')).not.toThrow()
    await a.presence.join('t:1', 'c1', 'ann')
    await a.presence.typing('t:1', 'ann', 'Ann')
    expect(await a.presence.state('t:1')).toEqual({ count: 1, typing: ['Ann'] })
    for (let i = 0; i < 3; i += 1) expect((await a.limiter.take([rule])).allowed).toBe(true)
    expect((await a.limiter.take([rule])).allowed).toBe(false)
    expect(a.metrics.counts.get('redis_fallbacks rate_limits')).toBe(4)
    expect(a.metrics.counts.get('redis_fallbacks presence')).toBe(3)

    const gap = vi.fn()
    a.bus.onGap(gap)
    await server.start()
    await eventually(() => expect([a.redis.mode(), b.redis.mode()]).toEqual(['ok', 'ok']))
    expect(gap).toHaveBeenCalled()
    await eventually(() => {
      a.bus.publish('t:1', 'after')
      expect(heard).toHaveBeenCalledWith('after')
    })
    const counts = await retryUntilAnswered([a, b], async (round) => {
      const topic = `t:${round + 2}`
      await a.presence.join(topic, 'c1', 'ann')
      await b.presence.join(topic, 'c2', 'bob')
      return [(await a.presence.state(topic)).count, (await b.presence.state(topic)).count]
    })
    expect(counts).toEqual([2, 2])
  })

  test('a node that alone was disconnected sends the others afterwards what they could not know they missed', async () => {
    const server = await start()
    const proxy = await startProxy(server.url.slice('unix://'.length))
    closing.push(proxy.close)
    const [a, b] = await Promise.all([openNode(proxy.url), openNode(server.url)])
    const heard: string[] = []
    b.bus.subscribe('t:1', (message) => void heard.push(message))
    await b.bus.listening('t:1')
    proxy.disconnect()
    await eventually(() => expect(a.bus.degraded()).toBe(true))
    for (let i = 0; i < 300; i += 1) a.bus.publish('t:1', `${i}`)
    expect(heard).toEqual([])
    const degradedOnReturn: boolean[] = []
    a.redis.onMode((mode) => {
      if (mode === 'ok') degradedOnReturn.push(a.bus.degraded())
    })
    proxy.restore()
    // The newest 256, in order: the queue is bounded. Some may arrive twice.
    const newest = Array.from({ length: 256 }, (_, i) => `${i + 44}`)
    await eventually(() => expect([...new Set(heard)]).toEqual(newest))
    // Other nodes may have been disconnected a little longer than this one.
    await eventually(() => expect(degradedOnReturn[0]).toBe(true))
    await eventually(() => expect(a.bus.degraded()).toBe(false))
  })

  test('a connection that the client library has given up is made again', async () => {
    const server = await start()
    const { redis } = await openNode(server.url)
    await eventually(() => expect(redis.mode()).toBe('ok'))
    const degraded = vi.fn()
    redis.onMode(degraded)
    // As it does when Sentinel reports a failover while it is connecting.
    await redis.commands.run(async (client) => (client as unknown as Redis).disconnect())
    await eventually(() => expect(degraded).toHaveBeenCalledWith('degraded'))
    await eventually(() => expect(redis.mode()).toBe('ok'))
    expect(await redis.commands.run((client) => client.ping())).toBe('PONG')
  })

  test('an outage does not reset a rate limit', async () => {
    const server = await start()
    const { limiter } = await openNode(server.url)
    for (let i = 0; i < 3; i += 1) expect((await limiter.take([rule])).allowed).toBe(true)
    await server.kill()
    expect((await limiter.take([rule])).allowed).toBe(false)
    expect((await limiter.take([{ ...rule, key: 'b' }])).allowed).toBe(true)
  })

  test('a rate limit is shared by all nodes, by the clock of Redis', async () => {
    const server = await start()
    const [a, b] = await Promise.all([openNode(server.url), openNode(server.url)])
    const { results, retryAfterMs } = await retryUntilAnswered([a, b], async (round) => {
      const rules = [{ ...rule, scope: `site ${round}` }]
      const results = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? a : b).limiter.take(rules)))
      return { results, retryAfterMs: (await a.limiter.take(rules)).retryAfterMs }
    })
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(3)
    expect(retryAfterMs).toBeGreaterThan(5_000)
    expect(retryAfterMs).toBeLessThanOrEqual(20_000)
  })

  test('a frozen server delays the first callers by half a second and later ones not at all', async () => {
    const server = await start()
    const { limiter, presence, redis } = await openNode(server.url)
    const first: number[] = []
    const later: number[] = []
    // The fastest of several attempts: a busy machine adds delays of its own.
    for (let i = 0; i < 5 && !(Math.min(...first) < 1_000 && Math.min(...later) < 100); i += 1) {
      await eventually(() => expect(redis.mode()).toBe('ok'))
      server.freeze()
      first.push(await timed(() => Promise.all([limiter.take([rule]), presence.state('t:1')])))
      expect(redis.mode()).toBe('degraded')
      const twenty = async (): Promise<void> => {
        for (let j = 0; j < 20; j += 1) await limiter.take([rule])
      }
      later.push(await timed(twenty))
      server.thaw()
    }
    expect(Math.min(...first)).toBeLessThan(1_000)
    expect(Math.min(...later)).toBeLessThan(100)
    await eventually(() => expect(redis.mode()).toBe('ok'))
  })

  test('presence of a crashed node expires within a minute and leaves no key behind', async () => {
    const server = await start()
    const node = await openNode(server.url)
    await retryUntilAnswered([node], async () => {
      await node.presence.join('t:1', 'c1', 'ann')
      await node.presence.typing('t:1', 'ann', 'Ann')
    })
    for (const name of ['c', 'v', 'n', 't', 'w']) {
      const ttl = Number((await server.ask(`PTTL repartee:presence:{t:1}:${name}`)).slice(1))
      expect(ttl).toBeGreaterThan(60_000)
      expect(ttl).toBeLessThanOrEqual(70_000)
    }
  })

  test('a topic is subscribed to once for all its listeners, and unsubscribed some time after the last', async () => {
    const server = await start()
    const { bus, redis } = await openNode(server.url)
    const subscribers = async (): Promise<string> =>
      (await server.ask('PUBSUB NUMSUB repartee:t:1')).split('\r\n')[3] ?? ''
    const stops = [bus.subscribe('t:1', vi.fn()), bus.subscribe('t:1', vi.fn())]
    await bus.listening('t:1')
    await eventually(async () => expect(await subscribers()).toBe(':1'))
    await eventually(() => expect(redis.subscriptions.isSubscribed('t:1')).toBe(true))
    stops[0]?.()
    stops[1]?.()
    expect(redis.subscriptions.isSubscribed('t:1')).toBe(true)
    const stop = bus.subscribe('t:1', vi.fn())
    stop()
    await eventually(async () => expect(await subscribers()).toBe(':0'))
  })
})
