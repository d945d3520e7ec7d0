import { newId } from '@repartee/sdk/protocol'
import { expect, vi } from 'vitest'
import { createMemoryPresence } from '../../src/adapters/memory/memory-presence.ts'
import { createRedisBus } from '../../src/adapters/redis/redis-bus.ts'
import { createRedisPresence } from '../../src/adapters/redis/redis-presence.ts'
import { createMemoryStore } from '../../testing/memory-store.ts'
import { createTestNode, demoSite, newComment } from '../../testing/realtime-setup.ts'
import { createClient } from '../realtime/fake-client.ts'
import { PATIENCE } from './patience.ts'
import { openTestRedis } from './shared.ts'

/** Two nodes over one Redis, a reader of one thread at each, and a database that never fails. */
export const startConversation = async (urls: readonly [string, string]) => {
  const site = demoSite()
  const memory = createMemoryStore({ site })
  const thread = newId()
  memory.open(thread)
  /** When each comment was about to be committed, and how long after that the reader at the other node had it. */
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
  await vi.waitFor(() => expect(nodes.every(({ client }) => client.position !== null)).toBe(true), PATIENCE)

  let posting: NodeJS.Timeout | undefined
  let turn = 0

  const post = async (writers: number): Promise<void> => {
    const i = turn++ % writers
    const comment = newComment({ authorName: `node ${i}` })
    commits.set(comment.id, { at: performance.now(), lagMs: null })
    await nodes[i]?.node.deps.writer.create(site.id, thread, comment)
  }

  const expectEqual = async (): Promise<void> => {
    await vi.waitFor(() => {
      const { comments, commentCount, closed } = memory.view(thread)
      for (const { client } of nodes) expect(client.view()).toEqual({ comments, commentCount, closed })
    }, PATIENCE)
  }

  return {
    site,
    thread,
    memory,
    nodes,
    expectEqual,
    /** Post at the first node, or at both in turn. */
    startPosting(everyMs: number, writers: 1 | 2) {
      posting = setInterval(() => void post(writers), everyMs)
    },
    stopPosting: () => clearInterval(posting),
    /** Lags of what was committed in a stretch of time; those not heard of yet count as endless. */
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
