import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createMemoryPresence } from '../../src/adapters/memory/presence.ts'
import { createRedisBus } from '../../src/adapters/redis/bus.ts'
import { createRedisPresence } from '../../src/adapters/redis/presence.ts'
import { createRedisRateLimiter } from '../../src/adapters/redis/rate-limiter.ts'
import { partitionOf, slotOfPartition } from '../../src/adapters/redis/slot.ts'
import { startCluster } from './cluster.ts'
import { hasRedis } from './server.ts'
import { openTestRedis } from './shared.ts'

describe.runIf(hasRedis)('a Redis Cluster', () => {
  let cluster: Awaited<ReturnType<typeof startCluster>>
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(async () => {
    await cluster?.stop()
  })

  /** Topics enough to be on all nodes. */
  const topics = Array.from({ length: 40 }, () => `t:${newId()}:${newId()}`)
  const refuseAll = { take: async () => ({ allowed: false, retryAfterMs: 1 }) }

  test('places channels as the cluster does', async () => {
    for (const partition of [0, 1, 42, 127]) {
      const answer = await cluster.servers[0]?.ask(`CLUSTER KEYSLOT {p${partition}}:x`)
      expect(answer).toBe(`:${slotOfPartition(partition)}\r\n`)
    }
    const used = new Set(topics.map((topic) => Math.floor((slotOfPartition(partitionOf(topic)) * 3) / 16_384)))
    expect(used.size).toBe(3)
  })

  test('a slot that moves to another node takes its listeners along', async () => {
    const [a, b] = await Promise.all([openTestRedis(cluster.url), openTestRedis(cluster.url)])
    const [from, , to] = cluster.servers
    if (from === undefined || to === undefined) throw new Error('no cluster')
    const topic = topics.find((one) => slotOfPartition(partitionOf(one)) < 5_000) ?? ''
    const buses = [a, b].map((node) => createRedisBus({ ...node, now: Date.now }))
    const heard = vi.fn()
    buses[1]?.subscribe(topic, heard)
    await buses[1]?.listening(topic)
    buses[0]?.publish(topic, 'before')
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith('before'))

    const slot = slotOfPartition(partitionOf(topic))
    const idOf = async (server: typeof from): Promise<string> =>
      (await server.ask('CLUSTER MYID')).split('\r\n')[1] ?? ''
    const [fromId, toId] = [await idOf(from), await idOf(to)]
    expect(await to.ask(`CLUSTER SETSLOT ${slot} IMPORTING ${fromId}`)).toBe('+OK\r\n')
    expect(await from.ask(`CLUSTER SETSLOT ${slot} MIGRATING ${toId}`)).toBe('+OK\r\n')
    for (const server of [to, from]) expect(await server.ask(`CLUSTER SETSLOT ${slot} NODE ${toId}`)).toBe('+OK\r\n')
    await vi.waitFor(
      () => {
        buses[0]?.publish(topic, 'after')
        expect(heard).toHaveBeenCalledWith('after')
      },
      { timeout: 10_000 },
    )
    await vi.waitFor(() => expect([a.redis.mode(), b.redis.mode()]).toEqual(['ok', 'ok']), { timeout: 5_000 })
    await a.redis.close()
    await b.redis.close()
  })

  test('limits, presence and messages work over all nodes, and go on when one node dies and returns', async () => {
    const [a, b] = await Promise.all([openTestRedis(cluster.url), openTestRedis(cluster.url)])
    const buses = [a, b].map((node) => createRedisBus({ ...node, now: Date.now })) as [
      ReturnType<typeof createRedisBus>,
      ReturnType<typeof createRedisBus>,
    ]
    expect(a.redis.mode()).toBe('ok')

    const heard = new Set<string>()
    for (const topic of topics) buses[1].subscribe(topic, (message) => void heard.add(`${topic} ${message}`))
    await Promise.all(topics.map((topic) => buses[1].listening(topic)))
    const tellAll = (message: string): void => {
      for (const topic of topics) buses[0].publish(topic, message)
    }
    tellAll('first')
    await vi.waitFor(() => expect(heard.size).toBe(topics.length))
    // Sharded: the classic channels have nobody.
    expect(await cluster.servers[0]?.ask('PUBSUB NUMPAT')).toBe(':0\r\n')
    expect(await cluster.servers[0]?.ask('PUBSUB CHANNELS')).toBe('*0\r\n')

    const limiter = createRedisRateLimiter({ ...a, local: refuseAll })
    for (let site = 0; site < 10; site += 1) {
      const rules = ['network', 'reader'].map((key) => ({ key, scope: `site ${site}`, limit: 2, windowMs: 60_000 }))
      const answers = await Promise.all([1, 2, 3].map(() => limiter.take(rules)))
      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(2)
    }
    const local = createMemoryPresence({ now: Date.now })
    const presence = [a, b].map((node) => createRedisPresence({ ...node, local }))
    await Promise.all(topics.map((topic) => presence[0]?.join(topic, `c ${topic}`, 'ann')))
    for (const topic of topics.slice(0, 10)) expect((await presence[1]?.state(topic))?.count).toBe(1)
    expect(a.metrics.counts.get('redis_fallbacks presence')).toBeUndefined()
    expect(a.metrics.counts.get('redis_fallbacks rate_limits')).toBeUndefined()

    const gap = vi.fn()
    buses[1].onGap(gap)
    await cluster.servers[1]?.kill()
    await vi.waitFor(() => expect([a.redis.mode(), b.redis.mode()]).toEqual(['degraded', 'degraded']), {
      timeout: 5_000,
    })
    expect(gap).toHaveBeenCalled()
    expect(() => tellAll('while one is away')).not.toThrow()
    await cluster.servers[1]?.start()
    await vi.waitFor(() => expect([a.redis.mode(), b.redis.mode()]).toEqual(['ok', 'ok']), { timeout: 15_000 })
    await vi.waitFor(() => {
      tellAll('again')
      expect([...heard].filter((text) => text.endsWith('again'))).toHaveLength(topics.length)
    })
    await a.redis.close()
    await b.redis.close()
  })
})
