import { newId } from '@repartee/sdk/protocol'
import { installed } from '@repartee/tools/servers/find-program'
import { describe } from 'vitest'
import { createMemoryPresence } from '../../../src/adapters/memory/memory-presence.ts'
import { createRedisPresence } from '../../../src/adapters/redis/redis-presence.ts'
import type { PresenceStore } from '../../../src/core/ports/presence-store.ts'
import { countingMetrics } from '../../../testing/realtime-setup.ts'
import { sharedRedis } from '../../redis/test-redis.ts'
import { type PresenceFactory, presenceContract } from './presence.contract.ts'

const shared = sharedRedis()

/** Two nodes connected only through Redis, used in turn. */
const redis: PresenceFactory = async () => {
  const handle = await shared.handle()
  const prefix = newId()
  let nowAt = 1_700_000_000_000
  const clock = () => nowAt
  const nodes = [0, 1].map(() =>
    createRedisPresence({
      redis: handle,
      local: createMemoryPresence({ now: clock }),
      metrics: countingMetrics(),
      clock,
    }),
  )
  let turn = 0
  const next = (): PresenceStore => {
    const node = nodes[turn++ % 2]
    if (node === undefined) throw new Error('no node')
    return node
  }
  return {
    presence: {
      join: (topic, ...rest) => next().join(prefix + topic, ...rest),
      leave: (topic, ...rest) => next().leave(prefix + topic, ...rest),
      typing: (topic, ...rest) => next().typing(prefix + topic, ...rest),
      state: (topic) => next().state(prefix + topic),
    },
    async pass(ms) {
      nowAt += ms
    },
  }
}

const factories: Record<string, PresenceFactory> = {
  memory: async () => {
    let nowAt = 1_700_000_000_000
    return {
      presence: createMemoryPresence({ now: () => nowAt }),
      async pass(ms) {
        nowAt += ms
      },
    }
  },
  ...(installed('redis-server') ? { redis } : {}),
}

for (const [name, factory] of Object.entries(factories)) describe(name, () => presenceContract(factory))
