import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Conversation, startConversation } from './conversation.ts'
import { hasRedis, type RedisServer, startRedis } from './server.ts'
import { openTestRedis } from './shared.ts'

const POST_EVERY_MS = 25
/** For machines that do other things as well. */
const LIVE_MS = 400

describe.runIf(hasRedis)('two nodes over one Redis', () => {
  let server: RedisServer
  let talk: Conversation

  beforeEach(async () => {
    server = await startRedis()
    talk = await startConversation([server.url, server.url])
  })
  afterEach(async () => {
    await talk.close()
    await server.stop()
  })

  const middle = (lags: readonly number[]): number => lags[Math.floor(lags.length / 2)] ?? Number.POSITIVE_INFINITY
  const worst = (lags: readonly number[]): number => lags[lags.length - 1] ?? Number.POSITIVE_INFINITY
  const degraded = (): boolean => talk.nodes.every(({ bus }) => bus.degraded())

  /** Post during `away`, then until everything is whole and two seconds more; judge each stretch. */
  const survive = async (break_: () => Promise<void> | void, mend: () => Promise<void> | void): Promise<void> => {
    // Posts of its own would tell the other node that it missed some.
    talk.startPosting(POST_EVERY_MS, 1)
    await delay(500)
    const brokenAt = performance.now()
    await break_()
    await vi.waitFor(() => expect(degraded()).toBe(true), { timeout: 2_000 })
    await delay(3_000)
    const mendedAt = performance.now()
    await mend()
    await vi.waitFor(() => expect(talk.allOk()).toBe(true), { timeout: 5_000 })
    const wholeAt = performance.now()
    await delay(1_500)
    talk.stopPosting()
    await talk.expectEqual(2_000)

    const [before, during, after] = [
      talk.lags(0, brokenAt),
      talk.lags(brokenAt, mendedAt),
      talk.lags(wholeAt, wholeAt + 1_400),
    ]
    console.info(
      `middle/worst lag ms: before ${middle(before).toFixed(1)}/${worst(before).toFixed(0)}, away ${middle(during).toFixed(0)}/${worst(during).toFixed(0)}, after ${middle(after).toFixed(1)}/${worst(after).toFixed(0)}; whole again after ${(wholeAt - mendedAt).toFixed(0)} ms`,
    )
    expect(during.length).toBeGreaterThan(20)
    expect(worst(during)).toBeLessThan(2_000)
    expect(after.length).toBeGreaterThan(10)
    expect(middle(after)).toBeLessThan(LIVE_MS / 4)
    expect(worst(after)).toBeLessThan(LIVE_MS)
    for (const { client } of talk.nodes) expect(client.problems).toEqual([])
  }

  test('killed and started again under posts: readers see each within two seconds, then live again', async () => {
    await survive(server.kill, server.start)
  })

  test('frozen with its connections open, it delays nobody, and is used again once it moves', async () => {
    await survive(server.freeze, server.thaw)
  })

  test('its data wiped and its scripts forgotten, nothing is lost and presence comes back', async () => {
    talk.startPosting(POST_EVERY_MS, 2)
    await delay(300)
    const wipedAt = performance.now()
    await server.ask('FLUSHALL')
    await server.ask('SCRIPT FLUSH')
    await delay(500)
    talk.stopPosting()
    await talk.expectEqual(2_000)
    expect(worst(talk.lags(wipedAt))).toBeLessThan(LIVE_MS)
    const presence = talk.nodes[0]?.node.deps.presence
    await presence?.join('t:presence', 'c', 'ann')
    expect(await presence?.state('t:presence')).toEqual({ count: 1, typing: [] })
    expect(talk.allOk()).toBe(true)
  })

  test('every message sent twice is heard as once', async () => {
    // A node of its own that repeats what it hears, as a client does that sends again after a cut.
    const { redis } = await openTestRedis(server.url)
    const topic = `t:${talk.site.id}:${talk.thread}`
    redis.subscriptions.add(topic)
    const repeated: string[] = []
    redis.onMessage((_, text) => {
      if (repeated.includes(text)) return
      repeated.push(text)
      void redis.commands.run((client) => client.publish(`repartee:${topic}`, text)).catch(() => undefined)
    })
    await vi.waitFor(() => expect(redis.subscriptions.heard(topic)).toBe(true))
    talk.startPosting(10, 2)
    await vi.waitFor(() => expect(repeated.length).toBeGreaterThan(30), { timeout: 5_000 })
    talk.stopPosting()
    await talk.expectEqual(2_000)
    await redis.close()
    for (const { node, client } of talk.nodes) {
      expect(client.problems).toEqual([])
      expect(node.metrics.counts.get('delta_gaps') ?? 0).toBe(0)
    }
  })

  test('a connection cut from outside is made again, and what was missed meanwhile is looked up at once', async () => {
    talk.startPosting(POST_EVERY_MS, 2)
    for (let i = 0; i < 3; i += 1) {
      await delay(300)
      await server.ask('CLIENT KILL TYPE pubsub')
      await server.ask('CLIENT KILL TYPE normal')
    }
    await delay(300)
    talk.stopPosting()
    await talk.expectEqual(2_000)
    expect(worst(talk.lags(0))).toBeLessThan(2_000)
  })
})
