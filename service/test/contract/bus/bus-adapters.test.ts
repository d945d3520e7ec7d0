import { installed } from '@repartee/tools/servers/find-program'
import { describe } from 'vitest'
import { createMemoryBus, createMemoryMedium } from '../../../src/adapters/memory/memory-bus.ts'
import { createRedisBus } from '../../../src/adapters/redis/redis-bus.ts'
import { sharedRedis } from '../../redis/test-redis.ts'
import { type BusFactory, busContract } from './bus.contract.ts'

const shared = sharedRedis()

const redis: BusFactory = async (nodes) => {
  const opened = await Promise.all(Array.from({ length: nodes }, shared.open))
  return opened.map((node) => {
    const bus = createRedisBus({ ...node, now: Date.now })
    return { ...bus, close: () => bus.close().then(node.redis.close) }
  })
}

const factories: Record<string, BusFactory> = {
  memory: async (nodes) => {
    const medium = createMemoryMedium()
    return Array.from({ length: nodes }, () => createMemoryBus(medium))
  },
  ...(installed('redis-server') ? { redis } : {}),
}

for (const [name, factory] of Object.entries(factories)) describe(name, () => busContract(factory))
