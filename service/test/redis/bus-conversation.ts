import { newId } from '@repartee/sdk/protocol'
import { expect } from 'vitest'
import { createMemoryPresence } from '../../src/adapters/memory/memory-presence.ts'
import { createRedisBus } from '../../src/adapters/redis/redis-bus.ts'
import { createRedisPresence } from '../../src/adapters/redis/redis-presence.ts'
import { eventually } from '../../testing/eventually.ts'
import { createMemoryStore } from '../../testing/memory-store.ts'
import { createTestNode, demoSite, newComment } from '../../testing/realtime-setup.ts'
import { createClient } from '../realtime/fake-client.ts'
import { openTestRedis } from './test-redis.ts'

/** Two nodes over one Redis, a reader of one thread on each, and a database that never fails. */
export const startConversation = async (urls: readonly [string, string]) => {
  const site = demoSite()
  const memory = createMemoryStore({ site })
  const thread = newId()
  memory.open(thread)
  /** When each comment was about to be committed, and how much later the other node's reader had it. */
  const commits = new Map<string, { at: number; lagMs: number | null }>()

  const nodes = await Promise.all(
    urls.map(async (url, i) => {
      const { redis, metrics } = await openTestRedis(url)
      const presence = createRedisPresence({ redis, local: createMemoryPresence({ now: Date.now }), metrics })
      const bus = createRedisBus({ redis, metrics, now: Date.now })
      const node = createTestNode({ store: memory.store, bus, presence })
      const client = createClient({
        thread,
        snapshot: (take) => take(memory.view(thread)),
        latencyMs: () => 0,
        onApply(comment) {
          const commit = commits.get(comment.id)
          if (commit !== undefined && comment.author.name !== `node ${i}`)
            commit.lagMs ??= performance.now() - commit.at
        },
      })
      client.connect(node)
      return { redis, metrics, bus, node, client }
    }),
  )
  await eventually(() => expect(nodes.every(({ client }) => client.position !== null)).toBe(true))

  let posting: NodeJS.Timeout | undefined
  let turn = 0

  const post = async (writers: number): Promise<void> => {
    const i = turn++ % writers
    const comment = newComment({ authorName: `node ${i}` })
    commits.set(comment.id, { at: performance.now(), lagMs: null })
    await nodes[i]?.node.deps.writer.create(site.id, thread, comment)
  }

  const expectEqual = async (): Promise<void> => {
    await eventually(() => {
      const { comments, commentCount, closed } = memory.view(thread)
      for (const { client } of nodes) expect(client.view()).toEqual({ comments, commentCount, closed })
    })
  }

  return {
    site,
    thread,
    memory,
    nodes,
    expectEqual,
    /** Post on the first node, or on both in turn. */
    startPosting(everyMs: number, writers: 1 | 2) {
      posting = setInterval(() => void post(writers), everyMs)
    },
    stopPosting: () => clearInterval(posting),
    /** The lags of what was committed in a period, sorted; infinite for what has not arrived. */
    lags: (fromAt: number, toAt = performance.now()): number[] =>
      [...commits.values()]
        .filter(({ at }) => at >= fromAt && at < toAt)
        .map(({ lagMs }) => lagMs ?? Number.POSITIVE_INFINITY)
        .sort((a, b) => a - b),
    allOk: () => nodes.every(({ redis, bus }) => redis.mode() === 'ok' && !bus.degraded()),
    async close() {
      clearInterval(posting)
      for (const { client, node, bus, redis } of nodes) {
        client.cut()
        await node.hub.close()
        await bus.close()
        await redis.close()
      }
    },
  }
}
export type Conversation = Awaited<ReturnType<typeof startConversation>>
