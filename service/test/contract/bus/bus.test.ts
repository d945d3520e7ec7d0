import { describe } from 'vitest'
import { createMemoryBus, createMemoryMedium } from '../../../src/adapters/memory/bus.ts'
import { type BusFactory, busContract } from './bus.contract.ts'

const factories: Record<string, BusFactory> = {
  memory: async (nodes) => {
    const medium = createMemoryMedium()
    return Array.from({ length: nodes }, () => createMemoryBus(medium))
  },
}

for (const [name, factory] of Object.entries(factories)) describe(name, () => busContract(factory))
