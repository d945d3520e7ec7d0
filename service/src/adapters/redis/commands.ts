import type { Cluster, Redis, RedisCommander } from 'ioredis'
import { COMMAND_TIMEOUT_MS } from './connect.ts'
import type { Watch } from './watch.ts'

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
    if (!watch.up()) throw new Error('redis is away')
    let timer: NodeJS.Timeout | undefined
    // The client's own limit begins when it writes the command, which is later when others are under way.
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        watch.suspect()
        reject(new Error('redis does not answer'))
      }, COMMAND_TIMEOUT_MS)
    })
    try {
      return await Promise.race([command(client), late])
    } finally {
      clearTimeout(timer)
    }
  },
})
