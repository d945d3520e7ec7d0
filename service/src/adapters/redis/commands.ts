import type { Cluster, Redis, RedisCommander } from 'ioredis'
import { ANSWER_MS } from './connect.ts'
import type { Watch } from './watch.ts'
import { NoAnswer, within } from './within.ts'

/** Commands to Redis that never keep anybody waiting. */
export type Commands = {
  /** Whether a command may be tried. */
  up(): boolean
  /** Run one; rejects at once while Redis is away, and when it does not answer in time. It may run twice. */
  run<T>(command: (client: RedisCommander) => Promise<T>): Promise<T>
}

/** Guard a connection: one unanswered command stops the others until a ping is answered. */
export const createCommands = (client: Redis | Cluster, watch: Watch): Commands => ({
  up: watch.up,
  async run(command) {
    if (!watch.up()) throw new NoAnswer('redis is away')
    try {
      return await within(ANSWER_MS, command(client))
    } catch (error) {
      if (error instanceof NoAnswer) watch.suspect()
      throw error
    }
  },
})
