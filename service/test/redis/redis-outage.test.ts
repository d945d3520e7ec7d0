import { installed } from '@repartee/tools/servers/find-program'
import { type RedisServer, startRedis } from '@repartee/tools/servers/start-redis'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Conversation, startConversation } from './bus-conversation.ts'
import { PATIENCE, PATIENT_TEST_MS } from './patience.ts'
import { openTestRedis } from './shared.ts'

const POST_EVERY_MS = 25
/** Sooner than any sweep, also on machines that do other things as well. */
const LIVE_MS = 400
const SWEPT_MS = 2_000
const WHOLE_MS = 5_000

/** Measures for how long this process did not run at most. */
const startStallMeter = () => {
  let worstMs = 0
  let lastAt = performance.now()
  const timer = setInterval(() => {
    worstMs = Math.max(worstMs, performance.now() - lastAt - 10)
    lastAt = performance.now()
  }, 10)
  return { worstMs: () => worstMs, stop: () => clearInterval(timer) }
}

describe.runIf(installed('redis-server'))('two nodes over one Redis', { timeout: PATIENT_TEST_MS }, () => {
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
  const heard = (fromAt: number): number[] => talk.lags(fromAt).filter((lag) => lag < Number.POSITIVE_INFINITY)
  /** Wait until ten of what is posted from here on were heard. */
  const hearMore = (): Promise<void> => {
    const fromAt = performance.now()
    return vi.waitFor(() => expect(heard(fromAt).length).toBeGreaterThan(10), PATIENCE)
  }
  /** What is promised, and what the machine took this process away for in each of the steps to it. */
  const promisedMs = (): number => SWEPT_MS + 3 * stalls.worstMs()

  /** Post before, during and after an outage; judge each stretch. */
  const survive = async (break_: () => Promise<void> | void, mend: () => Promise<void> | void): Promise<void> => {
    // Posts of its own would tell the other node that it missed some.
    talk.startPosting(POST_EVERY_MS, 1)
    await vi.waitFor(() => expect(heard(0).length).toBeGreaterThan(10), PATIENCE)
    const brokenAt = performance.now()
    await break_()
    await vi.waitFor(() => expect(talk.nodes.every(({ bus }) => bus.degraded())).toBe(true), PATIENCE)
    // Heard before Redis is back, also of what was posted after more than one sweep without it.
    const awayAt = performance.now()
    await vi.waitFor(() => expect(heard(awayAt + SWEPT_MS).length).toBeGreaterThan(10), PATIENCE)
    const mendedAt = performance.now()
    await mend()
    const returnedAt = performance.now()
    await vi.waitFor(() => expect(talk.allOk()).toBe(true), PATIENCE)
    const wholeAt = performance.now()
    await vi.waitFor(() => {
      const fromAt = Math.max(wholeAt, performance.now() - 1_500)
      const lags = talk.lags(fromAt, performance.now() - LIVE_MS)
      expect(lags.length).toBeGreaterThan(10)
      expect(middle(lags)).toBeLessThan(LIVE_MS / 4)
    }, PATIENCE)
    const liveAt = performance.now()
    talk.stopPosting()
    await talk.expectEqual()

    const [before, during, after] = [
      talk.lags(0, brokenAt),
      talk.lags(brokenAt, mendedAt),
      talk.lags(wholeAt, liveAt - LIVE_MS),
    ]
    console.info(
      `middle/worst lag ms: before ${middle(before).toFixed(1)}/${worst(before).toFixed(0)}, away ${middle(during).toFixed(0)}/${worst(during).toFixed(0)}, after ${middle(after).toFixed(1)}/${worst(after).toFixed(0)}; whole again after ${(wholeAt - returnedAt).toFixed(0)} ms; longest stall of this process ${stalls.worstMs().toFixed(0)}`,
    )
    expect(worst(during)).toBeLessThan(promisedMs())
    expect(wholeAt - returnedAt).toBeLessThan(WHOLE_MS + 3 * stalls.worstMs())
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
    await hearMore()
    const wipedAt = performance.now()
    await server.ask('FLUSHALL')
    await server.ask('SCRIPT FLUSH')
    await hearMore()
    talk.stopPosting()
    await talk.expectEqual()
    expect(middle(talk.lags(wipedAt))).toBeLessThan(LIVE_MS)
    const presence = talk.nodes[0]?.node.deps.presence
    await presence?.join('t:presence', 'c', 'ann')
    expect(await presence?.state('t:presence')).toEqual({ count: 1, typing: [] })
    await vi.waitFor(() => expect(talk.allOk()).toBe(true), PATIENCE)
  })

  test('repeated messages have no effect', async () => {
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
    await vi.waitFor(() => expect(redis.subscriptions.heard(topic)).toBe(true), PATIENCE)
    talk.startPosting(10, 2)
    await vi.waitFor(() => expect(repeated.length).toBeGreaterThan(30), PATIENCE)
    talk.stopPosting()
    await talk.expectEqual()
    await redis.close()
    for (const { node, client } of talk.nodes) {
      expect(client.problems).toEqual([])
      // Messages that come late are looked up, on a busy machine; repeated ones are not.
      expect(node.metrics.counts.get('delta_gaps') ?? 0).toBeLessThan(repeated.length / 2)
    }
  })

  test('a connection closed by the server is made again, and what was missed meanwhile is read at once', async () => {
    talk.startPosting(POST_EVERY_MS, 2)
    for (let i = 0; i < 3; i += 1) {
      await hearMore()
      await server.ask('CLIENT KILL TYPE pubsub')
      await server.ask('CLIENT KILL TYPE normal')
    }
    await hearMore()
    talk.stopPosting()
    await talk.expectEqual()
    expect(worst(talk.lags(0))).toBeLessThan(promisedMs())
  })
})
