import { Cluster, type Redis, type RedisCommander } from 'ioredis'
import { RedisTimeoutError, within } from './answer-timeout.ts'
import { ANSWER_MS } from './connect.ts'
import type { Watch } from './connection-watch.ts'

/** Commands to Redis that never keep anybody waiting. */
export type Commands = {
  /** Whether a command may be tried. */
  up(): boolean
  /** Run one; rejects at once while Redis is away, and when it does not answer in time. It may run twice. */
  run<T>(command: (client: RedisCommander) => Promise<T>): Promise<T>
}

/**
 * Said when a part of the cluster is at another node than the client believes. The client follows that by itself, but
 * neither does so nor looks where the part is when other commands of the same pipeline succeeded.
 */
const ELSEWHERE = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN)\b|^All keys in the pipeline should belong to the same slots/

const isElsewhere = (error: unknown): boolean => error instanceof Error && ELSEWHERE.test(error.message)

/** Guard a connection: one unanswered command stops the others until a ping is answered. */
export const createCommands = (client: Redis | Cluster, watch: Watch): Commands => {
  const attempt = async <T>(command: (client: RedisCommander) => Promise<T>): Promise<T> => {
    try {
      return await command(client)
    } catch (error) {
      if (!(client instanceof Cluster) || !isElsewhere(error)) throw error
      await new Promise((resolve) => client.refreshSlotsCache(resolve))
      return await command(client)
    }
  }

  return {
    up: watch.up,
    async run(command) {
      if (!watch.up()) throw new RedisTimeoutError('redis is away')
      try {
        return await within(ANSWER_MS, attempt(command))
      } catch (error) {
        if (error instanceof RedisTimeoutError) watch.suspect()
        throw error
      }
    },
  }
}
