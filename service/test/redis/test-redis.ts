import { newId } from '@repartee/sdk/protocol'
import { type RedisServer, startRedis } from '@repartee/tools/servers/start-redis'
import { Redis } from 'ioredis'
import { afterAll, expect } from 'vitest'
import { openRedis, type RedisHandle } from '../../src/adapters/redis/open-redis.ts'
import type { Commands } from '../../src/adapters/redis/redis-commands.ts'
import { eventually } from '../../testing/eventually.ts'
import { countingMetrics, quietLog } from '../../testing/realtime-setup.ts'

/** Long enough for a test with several waits. */
export const SLOW_TEST_MS = 90_000

/** Connect as a node does. */
export const openTestRedis = async (url: string) => {
  const log = quietLog()
  const metrics = countingMetrics()
  const redis = await openRedis({ url, node: newId(), log, metrics, now: Date.now })
  return { redis, log, metrics }
}

const MAX_TRIES = 20

/**
 * Run `work` again until Redis has answered all its commands in time, which on a busy machine it may not. Resolves to the
 * result of that run; `work` must use new keys in every round.
 */
export const retryUntilAnswered = async <T>(
  nodes: readonly { readonly redis: RedisHandle; readonly metrics: ReturnType<typeof countingMetrics> }[],
  work: (round: number) => Promise<T>,
): Promise<T> => {
  const fallbacks = (): number =>
    nodes
      .flatMap(({ metrics }) => [...metrics.counts])
      .reduce((sum, [name, count]) => sum + (name.startsWith('redis_fallbacks') ? count : 0), 0)
  for (let round = 0; round < MAX_TRIES; round += 1) {
    await eventually(() => expect(nodes.every(({ redis }) => redis.mode() === 'ok')).toBe(true))
    const before = fallbacks()
    const found = await work(round)
    if (fallbacks() === before) return found
  }
  throw new Error('in every round Redis did not answer in time')
}

/**
 * One server and one connection for all tests of a file, opened on first use. Commands have no timeout: these tests are
 * not about late answers.
 */
export const sharedRedis = () => {
  let server: Promise<RedisServer> | null = null
  let handle: Promise<RedisHandle> | null = null
  let client: Redis | null = null

  afterAll(async () => {
    await (await handle)?.close()
    client?.disconnect()
    await (await server)?.stop()
  })

  const patient = async (redis: RedisHandle): Promise<RedisHandle> => {
    client ??= new Redis((await url()).slice('unix://'.length))
    const commands: Commands = {
      up: () => true,
      run: (command) => (client === null ? Promise.reject(new Error('closed')) : command(client)),
    }
    return { ...redis, commands }
  }

  const url = async (): Promise<string> => {
    server ??= startRedis()
    return (await server).url
  }

  return {
    /** Connect another node. */
    open: async () => {
      const opened = await openTestRedis(await url())
      return { ...opened, redis: await patient(opened.redis) }
    },
    handle(): Promise<RedisHandle> {
      handle ??= url()
        .then(openTestRedis)
        .then(({ redis }) => patient(redis))
      return handle
    },
  }
}
