import { describe } from 'vitest'
import { createMemoryPresence } from '../../../src/adapters/memory/presence.ts'
import { type PresenceFactory, presenceContract } from './presence.contract.ts'

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
}

for (const [name, factory] of Object.entries(factories)) describe(name, () => presenceContract(factory))
