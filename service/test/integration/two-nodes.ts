import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { type RedisServer, startRedis } from '@repartee/tools/servers/start-redis'
import { type RunningService, startService } from '../../testing/start-service.ts'

/** Whether two nodes can be started on this machine. If not, tests are skipped. */
export const possible = installed('postgres', 'redis-server')

export type TwoNodes = {
  readonly one: RunningService
  readonly two: RunningService
  readonly redis: RedisServer
  stop(): Promise<void>
}

/** Start two nodes with a database and a Redis of their own. */
export const startTwoNodes = async (): Promise<TwoNodes> => {
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const end of stops.reverse()) await end()
  }
  try {
    const postgres = await sharedPostgres()
    const redis = await startRedis()
    stops.push(() => redis.stop())
    const env = {
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
      REPARTEE_SECRET: 'a secret that both of the nodes share',
    }
    const start = async (): Promise<RunningService> => {
      const node = await startService(env)
      stops.push(() => node.dispose())
      return node
    }
    return { one: await start(), two: await start(), redis, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
