import { newId } from '@repartee/sdk/protocol'
import { installed } from '@repartee/tools/servers/find-program'
import { startRedisCluster } from '@repartee/tools/servers/start-redis-cluster'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { createMemoryPresence } from '../../src/adapters/memory/memory-presence.ts'
import { createRedisBus } from '../../src/adapters/redis/redis-bus.ts'
import { createRedisPresence } from '../../src/adapters/redis/redis-presence.ts'
import { createRedisRateLimiter } from '../../src/adapters/redis/redis-rate-limiter.ts'
import { partitionOf, slotOfPartition } from '../../src/adapters/redis/slot.ts'
import { eventually } from '../../testing/eventually.ts'
import { openTestRedis, retryUntilAnswered, SLOW_TEST_MS } from './test-redis.ts'

describe.runIf(installed('redis-server'))('a Redis Cluster', { timeout: SLOW_TEST_MS }, () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>
  beforeAll(async () => {
    cluster = await startRedisCluster()
  })
  afterAll(async () => {
    await cluster?.stop()
  })
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  const openNode = async () => {
    const opened = await openTestRedis(cluster.url)
    closing.push(opened.redis.close)
    await eventually(() => expect(opened.redis.mode()).toBe('ok'))
    const bus = createRedisBus({ ...opened, now: Date.now })
    const heard = new Set<string>()
    const gap = vi.fn()
    bus.onGap(gap)
    return {
      ...opened,
      bus,
      gap,
      heard,
      listen: (topic: string) => bus.subscribe(topic, (text) => void heard.add(`${topic} ${text}`)),
    }
  }
  type Node = Awaited<ReturnType<typeof openNode>>

  /** Enough topics that every server has some. */
  const topics = Array.from({ length: 40 }, () => `t:${newId()}:${newId()}`)
  const tagOf = (topic: string): string => `{p${partitionOf(topic)}}`
  const refuseAll = { take: async () => ({ allowed: false, retryAfterMs: 1 }) }

  /**
   * Publish to every topic until all messages of one round have arrived. A message may be lost, but only if the receiver's
   * bus reports a gap.
   */
  const converse = async (from: Node, to: Node): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      await eventually(() => expect([from.redis.mode(), to.redis.mode()]).toEqual(['ok', 'ok']))
      await Promise.all(topics.map((topic) => to.bus.listening(topic)))
      const gapsBefore = to.gap.mock.calls.length
      const text = newId()
      for (const topic of topics) from.bus.publish(topic, text)
      const missing = (): string[] => topics.filter((topic) => !to.heard.has(`${topic} ${text}`))
      await eventually(() => {
        if (to.gap.mock.calls.length === gapsBefore) expect(missing()).toEqual([])
      })
      if (missing().length === 0) return
    }
    throw new Error('every round had a gap')
  }

  test('channels are in the slots that the cluster computes for them', async () => {
    for (const partition of [0, 1, 42, 127]) {
      const answer = await cluster.servers[0]?.ask(`CLUSTER KEYSLOT {p${partition}}:x`)
      expect(answer).toBe(`:${slotOfPartition(partition)}\r\n`)
    }
    const used = new Set(topics.map((topic) => Math.floor((slotOfPartition(partitionOf(topic)) * 3) / 16_384)))
    expect(used.size).toBe(3)
  })

  test('a node has a subscriber connection to every server before the first subscription, which therefore causes no gap', async () => {
    const { redis } = await openNode()
    for (const server of cluster.servers) {
      const own = (await server.ask('CLIENT LIST')).split('\n').filter((line) => line.includes(' name=repartee '))
      // One for commands, one for subscriptions.
      expect(own).toHaveLength(2)
    }
    expect(redis.reason()).toBeNull()
  })

  test('subscriptions follow a slot that moves to another server', async () => {
    const [a, b] = [await openNode(), await openNode()]
    const topic = topics[0] ?? ''
    b.listen(topic)
    await b.bus.listening(topic)
    const from = await cluster.ownerOf(tagOf(topic))
    const to = cluster.servers.find((server) => server !== from)
    if (to === undefined) throw new Error('no other server')
    await cluster.move(tagOf(topic), to)
    await eventually(() => {
      a.bus.publish(topic, 'after')
      expect(b.heard).toContain(`${topic} after`)
    })
    expect(b.gap).toHaveBeenCalled()
    const listeners = await to.ask(`PUBSUB SHARDNUMSUB repartee:${tagOf(topic)}:${topic}`)
    expect(listeners.split('\r\n')[3]).toBe(':1')
  })

  test('a command finds a slot that has moved, also when it is sent together with commands for a slot that has not', async () => {
    const a = await openNode()
    const owners = await Promise.all(topics.map((topic) => cluster.ownerOf(tagOf(topic))))
    const [from, to] = cluster.servers
    const [moving, staying] = topics.filter((_, i) => owners[i] === from).map(tagOf)
    if (to === undefined || moving === undefined || staying === undefined || moving === staying)
      throw new Error('too few topics')
    await cluster.move(moving, to)
    // Commands of one turn are sent to the server in one pipeline, part of which is refused.
    await eventually(async () => {
      const commands = [staying, moving].map((tag) => a.redis.commands.run((client) => client.spublish(tag, 'x')))
      expect((await Promise.allSettled(commands)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    })
  })

  test('limits, presence and messages work over all servers, and again after one was killed and restarted', async () => {
    const [a, b] = [await openNode(), await openNode()]
    for (const topic of topics) b.listen(topic)
    await converse(a, b)
    // Sharded: there are no classic channels.
    expect(await cluster.servers[0]?.ask('PUBSUB NUMPAT')).toBe(':0\r\n')
    expect(await cluster.servers[0]?.ask('PUBSUB CHANNELS')).toBe('*0\r\n')

    const limiter = createRedisRateLimiter({ ...a, local: refuseAll })
    for (let site = 0; site < 10; site += 1) {
      const answers = await retryUntilAnswered([a], (round) => {
        const scope = `site ${site} ${round}`
        const rules = ['network', 'reader'].map((key) => ({ key, scope, limit: 2, windowMs: 60_000 }))
        return Promise.all([1, 2, 3].map(() => limiter.take(rules)))
      })
      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(2)
    }
    const [here, there] = [a, b].map((node) =>
      createRedisPresence({ ...node, local: createMemoryPresence({ now: Date.now }) }),
    )
    const counts = await retryUntilAnswered([a, b], async () => {
      await Promise.all(topics.map((topic) => here?.join(topic, `c ${topic}`, 'ann')))
      return Promise.all(topics.map(async (topic) => (await there?.state(topic))?.count))
    })
    expect(counts).toEqual(topics.map(() => 1))

    const before = b.gap.mock.calls.length
    await cluster.servers[1]?.kill()
    await eventually(() => expect([a.redis.mode(), b.redis.mode()]).toEqual(['degraded', 'degraded']))
    expect(b.gap.mock.calls.length).toBeGreaterThan(before)
    for (const topic of topics) expect(() => a.bus.publish(topic, 'while one is away')).not.toThrow()
    await cluster.servers[1]?.start()
    await converse(a, b)
  })

  test('a cluster is used again after all its servers were killed and restarted', async () => {
    const [a, b] = [await openNode(), await openNode()]
    for (const topic of topics) b.listen(topic)
    await converse(a, b)
    for (const server of cluster.servers) await server.kill()
    await eventually(() => expect([a.redis.mode(), b.redis.mode()]).toEqual(['degraded', 'degraded']))
    for (const topic of topics) a.bus.publish(topic, 'while all are away')
    for (const server of cluster.servers) await server.start()
    await cluster.whole()
    await converse(a, b)
  })
})
