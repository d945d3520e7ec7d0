import { newId } from '@repartee/sdk/protocol'
import { afterAll } from 'vitest'
import { openRedis, type RedisHandle } from '../../src/adapters/redis/open.ts'
import { countingMetrics, quietLog } from '../realtime/setup.ts'
import { type RedisServer, startRedis } from './server.ts'

/** Connect as a node does. */
export const openTestRedis = async (url: string) => {
  const log = quietLog()
  const metrics = countingMetrics()
  const redis = await openRedis({ url, node: newId(), log, metrics, now: Date.now })
  return { redis, log, metrics }
}

/** One server and one connection for all tests of a file, opened when first asked for. */
export const sharedRedis = () => {
  let server: Promise<RedisServer> | null = null
  let handle: Promise<RedisHandle> | null = null

  afterAll(async () => {
    await (await handle)?.close()
    await (await server)?.stop()
  })

  const url = async (): Promise<string> => {
    server ??= startRedis()
    return (await server).url
  }

  return {
    url,
    handle(): Promise<RedisHandle> {
      handle ??= url()
        .then(openTestRedis)
        .then(({ redis }) => redis)
      return handle
    },
  }
}
