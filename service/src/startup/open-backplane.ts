import { createMemoryBus } from '../adapters/memory/memory-bus.ts'
import { createMemoryPresence } from '../adapters/memory/memory-presence.ts'
import { createMemoryRateLimiter } from '../adapters/memory/memory-rate-limiter.ts'
import { openRedis } from '../adapters/redis/open-redis.ts'
import { createRedisBus } from '../adapters/redis/redis-bus.ts'
import { createRedisPresence } from '../adapters/redis/redis-presence.ts'
import { createRedisRateLimiter } from '../adapters/redis/redis-rate-limiter.ts'
import type { Bus } from '../core/ports/bus.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { PresenceStore } from '../core/ports/presence-store.ts'
import type { RateLimiter } from '../core/ports/rate-limiter.ts'
import type { Config } from './config.ts'
import { steadyClock } from './steady-clock.ts'

/** What the nodes of a service share besides the database. A single node keeps it in memory. */
export type Backplane = {
  readonly bus: Bus
  readonly presence: PresenceStore
  readonly limiter: RateLimiter
  /** For `/readyz`. */
  describe(): string
  close(): Promise<void>
}

/** Connect to the other nodes. Also starts while Redis is unavailable: service is degraded until it is back. */
export const openBackplane = async (
  config: Pick<Config, 'REDIS_URL'>,
  o: { node: string; log: Logger; metrics: Metrics },
): Promise<Backplane> => {
  const now = steadyClock
  const local = { presence: createMemoryPresence({ now }), limiter: createMemoryRateLimiter({ now }) }
  if (config.REDIS_URL === '') {
    const bus = createMemoryBus()
    return {
      ...local,
      bus,
      describe: () => 'memory',
      close: () => bus.close(),
    }
  }
  const redis = await openRedis({ url: config.REDIS_URL, ...o, now })
  const bus = createRedisBus({ redis, metrics: o.metrics, now })
  return {
    bus,
    presence: createRedisPresence({ redis, local: local.presence, metrics: o.metrics }),
    limiter: createRedisRateLimiter({ redis, local: local.limiter, metrics: o.metrics }),
    describe: () =>
      redis.mode() === 'ok' ? 'redis' : `redis is unavailable: ${redis.reason()}; live updates arrive within 2 s`,
    close: async () => {
      await bus.close()
      await redis.close()
    },
  }
}
