import { installed } from '@repartee/tools/servers/find-program'
import { type RedisServer, startRedis } from '@repartee/tools/servers/start-redis'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../../testing/eventually.ts'
import { type Conversation, startConversation } from './bus-conversation.ts'
import { openTestRedis, SLOW_TEST_MS } from './test-redis.ts'

const POST_EVERY_MS = 25
/** Sooner than any sweep, also on a busy machine. */
const LIVE_MS = 400
const SWEPT_MS = 2_000
const RECOVERY_MS = 5_000

/** Measures the longest time for which this process did not run. */
const startStallMeter = () => {
  let worstMs = 0
  let lastAt = performance.now()
  const timer = setInterval(() => {
    worstMs = Math.max(worstMs, performance.now() - lastAt - 10)
    lastAt = performance.now()
  }, 10)
  return { worstMs: () => worstMs, stop: () => clearInterval(timer) }
}

describe.runIf(installed('redis-server'))('two nodes over one Redis', { timeout: SLOW_TEST_MS }, () => {
  let stalls: ReturnType<typeof startStallMeter>
  let server: RedisServer
  let talk: Conversation

  beforeEach(async () => {
    stalls = startStallMeter()
    server = await startRedis()
    talk = await startConversation([server.url, server.url])
  })
  afterEach(async () => {
    await talk.close()
    await server.stop()
    stalls.stop()
  })

  const middle = (lags: readonly number[]): number => lags[Math.floor(lags.length / 2)] ?? Number.POSITIVE_INFINITY
  const worst = (lags: readonly number[]): number => lags[lags.length - 1] ?? Number.POSITIVE_INFINITY
  const arrivedLags = (fromAt: number): number[] => talk.lags(fromAt).filter((lag) => lag < Number.POSITIVE_INFINITY)
  /** Wait until ten of the comments posted from now on have arrived. */
  const moreArrive = (): Promise<void> => {
    const fromAt = performance.now()
    return eventually(() => expect(arrivedLags(fromAt).length).toBeGreaterThan(10))
  }
  /** The promise, plus the longest stall of this process for each of the three steps to it. */
  const promisedMs = (): number => SWEPT_MS + 3 * stalls.worstMs()

  /** Post before, during and after an outage; judge each stretch. */
  const survive = async (interrupt: () => Promise<void> | void, restore: () => Promise<void> | void): Promise<void> => {
    // Only the first node posts: a later post of the second would make the first notice what it missed.
    talk.startPosting(POST_EVERY_MS, 1)
    await eventually(() => expect(arrivedLags(0).length).toBeGreaterThan(10))
    const interruptedAt = performance.now()
    await interrupt()
    await eventually(() => expect(talk.nodes.every(({ bus }) => bus.degraded())).toBe(true))
    // Arrived before Redis is back, also of what was posted after more than one sweep without it.
    const degradedAt = performance.now()
    await eventually(() => expect(arrivedLags(degradedAt + SWEPT_MS).length).toBeGreaterThan(10))
    const restoredAt = performance.now()
    await restore()
    const returnedAt = performance.now()
    await eventually(() => expect(talk.allOk()).toBe(true))
    const recoveredAt = performance.now()
    await eventually(() => {
      const fromAt = Math.max(recoveredAt, performance.now() - 1_500)
      const lags = talk.lags(fromAt, performance.now() - LIVE_MS)
      expect(lags.length).toBeGreaterThan(10)
      expect(middle(lags)).toBeLessThan(LIVE_MS / 4)
    })
    const liveAt = performance.now()
    talk.stopPosting()
    await talk.expectEqual()

    const [before, during, after] = [
      talk.lags(0, interruptedAt),
      talk.lags(interruptedAt, restoredAt),
      talk.lags(recoveredAt, liveAt - LIVE_MS),
    ]
    console.info(
      `middle/worst lag ms: before ${middle(before).toFixed(1)}/${worst(before).toFixed(0)}, during ${middle(during).toFixed(0)}/${worst(during).toFixed(0)}, after ${middle(after).toFixed(1)}/${worst(after).toFixed(0)}; recovered after ${(recoveredAt - returnedAt).toFixed(0)} ms; longest stall of this process ${stalls.worstMs().toFixed(0)}`,
    )
    expect(worst(during)).toBeLessThan(promisedMs())
    expect(recoveredAt - returnedAt).toBeLessThan(RECOVERY_MS + 3 * stalls.worstMs())
    for (const { client } of talk.nodes) expect(client.problems).toEqual([])
  }

  test('while Redis is killed and restarted readers see every post within two seconds, and afterwards live again', async () => {
    await survive(server.kill, server.start)
  })

  test('while Redis is frozen with its connections open readers see every post within two seconds, and it is used again afterwards', async () => {
    await survive(server.freeze, server.thaw)
  })

  test('when Redis loses its data and scripts no change is lost and presence comes back', async () => {
    talk.startPosting(POST_EVERY_MS, 2)
    await moreArrive()
    const wipedAt = performance.now()
    await server.ask('FLUSHALL')
    await server.ask('SCRIPT FLUSH')
    await moreArrive()
    talk.stopPosting()
    await talk.expectEqual()
    expect(middle(talk.lags(wipedAt))).toBeLessThan(LIVE_MS)
    const presence = talk.nodes[0]?.node.deps.presence
    await presence?.join('t:presence', 'c', 'ann')
    expect(await presence?.state('t:presence')).toEqual({ count: 1, typing: [] })
    await eventually(() => expect(talk.allOk()).toBe(true))
  })

  test('repeated messages have no effect', async () => {
    // An additional node that repeats every message, as a client does that resends after a broken connection.
    const { redis } = await openTestRedis(server.url)
    const topic = `t:${talk.site.id}:${talk.thread}`
    redis.subscriptions.add(topic)
    const repeated: string[] = []
    redis.onMessage((_, text) => {
      if (repeated.includes(text)) return
      repeated.push(text)
      void redis.commands.run((client) => client.publish(`repartee:${topic}`, text)).catch(() => undefined)
    })
    await eventually(() => expect(redis.subscriptions.isSubscribed(topic)).toBe(true))
    talk.startPosting(10, 2)
    await eventually(() => expect(repeated.length).toBeGreaterThan(30))
    talk.stopPosting()
    await talk.expectEqual()
    await redis.close()
    for (const { node, client } of talk.nodes) {
      expect(client.problems).toEqual([])
      // On a busy machine late messages are read from the store; repeated ones are not.
      expect(node.metrics.counts.get('delta_gaps') ?? 0).toBeLessThan(repeated.length / 2)
    }
  })

  test('a connection closed by the server is made again, and what was missed meanwhile is read at once', async () => {
    talk.startPosting(POST_EVERY_MS, 2)
    for (let i = 0; i < 3; i += 1) {
      await moreArrive()
      await server.ask('CLIENT KILL TYPE pubsub')
      await server.ask('CLIENT KILL TYPE normal')
    }
    await moreArrive()
    talk.stopPosting()
    await talk.expectEqual()
    expect(worst(talk.lags(0))).toBeLessThan(promisedMs())
  })
})
