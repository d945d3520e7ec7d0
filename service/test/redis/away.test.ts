import { afterEach, describe, expect, test, vi } from 'vitest'
import { createMemoryPresence } from '../../src/adapters/memory/presence.ts'
import { createMemoryRateLimiter } from '../../src/adapters/memory/rate-limiter.ts'
import { createRedisBus } from '../../src/adapters/redis/bus.ts'
import { createRedisPresence } from '../../src/adapters/redis/presence.ts'
import { createRedisRateLimiter } from '../../src/adapters/redis/rate-limiter.ts'
import { startProxy } from './proxy.ts'
import { hasRedis, type RedisServer, startRedis } from './server.ts'
import { openTestRedis } from './shared.ts'

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

/** How long something took. */
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

const rule = { key: 'a', limit: 3, windowMs: 60_000 }

describe.runIf(hasRedis)('without Redis', () => {
  test('a node starts, keeps limits and presence by itself, and joins the others once Redis is there', async () => {
    const server = await start()
    await server.kill()
    const [a, b] = await Promise.all([openNode(server.url), openNode(server.url)])
    expect(a.redis.mode()).toBe('degraded')
    expect(a.redis.reason()).toBe('commands are not answered')
    expect(a.bus.degraded()).toBe(true)
    expect(a.log.lines).toContain('redis is away')
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
    await vi.waitFor(() => expect([a.redis.mode(), b.redis.mode()]).toEqual(['ok', 'ok']), { timeout: 5_000 })
    expect(gap).toHaveBeenCalledTimes(1)
    await vi.waitFor(() => {
      a.bus.publish('t:1', 'after')
      expect(heard).toHaveBeenCalledWith('after')
    })
    await b.presence.join('t:1', 'c2', 'bob')
    expect((await a.presence.state('t:1')).count).toBe(1)
    await a.presence.join('t:1', 'c1', 'ann')
    expect((await b.presence.state('t:1')).count).toBe(2)
  })

  test('cut off alone, a node tells the others afterwards what they could not know they missed', async () => {
    const server = await start()
    const proxy = await startProxy(server.url.slice('unix://'.length))
    closing.push(proxy.close)
    const [a, b] = await Promise.all([openNode(proxy.url), openNode(server.url)])
    const heard: string[] = []
    b.bus.subscribe('t:1', (message) => void heard.push(message))
    await b.bus.listening('t:1')
    proxy.cut()
    await vi.waitFor(() => expect(a.bus.degraded()).toBe(true))
    for (let i = 0; i < 300; i += 1) a.bus.publish('t:1', `${i}`)
    expect(b.bus.degraded()).toBe(false)
    expect(heard).toEqual([])
    proxy.mend()
    await vi.waitFor(() => expect(a.redis.mode()).toBe('ok'), { timeout: 5_000 })
    // The newest of them, in order: what is kept has an end.
    const newest = Array.from({ length: 256 }, (_, i) => `${i + 44}`)
    await vi.waitFor(() => expect(heard).toEqual(newest))
    // Others may be cut off a little longer than this node was.
    expect(a.bus.degraded()).toBe(true)
    await vi.waitFor(() => expect(a.bus.degraded()).toBe(false), { timeout: 5_000, interval: 100 })
  })

  test('an outage is no new budget', async () => {
    const server = await start()
    const { limiter } = await openNode(server.url)
    for (let i = 0; i < 3; i += 1) expect((await limiter.take([rule])).allowed).toBe(true)
    await server.kill()
    expect((await limiter.take([rule])).allowed).toBe(false)
    expect((await limiter.take([{ ...rule, key: 'b' }])).allowed).toBe(true)
  })

  test('a budget is one for all nodes, by the clock of Redis', async () => {
    const server = await start()
    const [a, b] = await Promise.all([openNode(server.url), openNode(server.url)])
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? a : b).limiter.take([{ ...rule, scope: 'site' }])),
    )
    expect(results.filter(({ allowed }) => allowed)).toHaveLength(3)
    const { retryAfterMs } = await a.limiter.take([{ ...rule, scope: 'site' }])
    expect(retryAfterMs).toBeGreaterThan(15_000)
    expect(retryAfterMs).toBeLessThanOrEqual(20_000)
    expect(a.metrics.counts.get('redis_fallbacks rate_limits')).toBeUndefined()
  })

  test('frozen, it costs the first who ask half a second and everybody after them nothing', async () => {
    const server = await start()
    const { limiter, presence, redis } = await openNode(server.url)
    server.freeze()
    const first = await timed(() => Promise.all([limiter.take([rule]), presence.state('t:1')]))
    expect(first).toBeLessThan(1_000)
    expect(redis.mode()).toBe('degraded')
    const later = await timed(async () => {
      for (let i = 0; i < 20; i += 1) await limiter.take([rule])
    })
    expect(later).toBeLessThan(100)
    server.thaw()
    await vi.waitFor(() => expect(redis.mode()).toBe('ok'), { timeout: 5_000 })
  })

  test('presence of a node that crashed is gone within its minute, and leaves no key behind', async () => {
    const server = await start()
    const { presence } = await openNode(server.url)
    await presence.join('t:1', 'c1', 'ann')
    await presence.typing('t:1', 'ann', 'Ann')
    for (const name of ['c', 'v', 'n', 't', 'w']) {
      const ttl = Number((await server.ask(`PTTL repartee:presence:{t:1}:${name}`)).slice(1))
      expect(ttl).toBeGreaterThan(60_000)
      expect(ttl).toBeLessThanOrEqual(70_000)
    }
  })

  test('a topic is subscribed to once for all its listeners, and released a while after the last', async () => {
    const server = await start()
    const { bus } = await openNode(server.url)
    const subscribers = async (): Promise<string> =>
      (await server.ask('PUBSUB NUMSUB repartee:t:1')).split('\r\n')[3] ?? ''
    const stops = [bus.subscribe('t:1', vi.fn()), bus.subscribe('t:1', vi.fn())]
    await bus.listening('t:1')
    expect(await subscribers()).toBe(':1')
    stops[0]?.()
    stops[1]?.()
    expect(await subscribers()).toBe(':1')
    const stop = bus.subscribe('t:1', vi.fn())
    stop()
    await vi.waitFor(async () => expect(await subscribers()).toBe(':0'), { timeout: 5_000, interval: 100 })
  })
})
