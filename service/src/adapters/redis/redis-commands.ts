import { Cluster, type Redis, type RedisCommander } from 'ioredis'
import { RedisUnavailableError, withTimeout } from './answer-timeout.ts'
import { ANSWER_MS } from './connect.ts'
import type { HealthCheck } from './redis-health-check.ts'

/** Commands to Redis with a short timeout. */
export type Commands = {
  /** Whether commands are sent. */
  up(): boolean
  /**
   * Run a command. Rejects with `RedisUnavailableError` at once while Redis is down, and when it does not answer in time.
   * The command may run twice.
   */
  run<T>(command: (client: RedisCommander) => Promise<T>): Promise<T>
}

/**
 * Errors of a command that was sent to the wrong node, because a slot has moved. The client follows that by itself, except
 * when other commands of the same pipeline succeeded: then it neither retries nor refreshes its slots.
 */
const WRONG_NODE = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN)\b|^All keys in the pipeline should belong to the same slots/

const isWrongNode = (error: unknown): boolean => error instanceof Error && WRONG_NODE.test(error.message)

/** Guard a connection: after an unanswered command no other is sent until a ping is answered. */
export const createCommands = (client: Redis | Cluster, health: HealthCheck): Commands => {
  const attempt = async <T>(command: (client: RedisCommander) => Promise<T>): Promise<T> => {
    try {
      return await command(client)
    } catch (error) {
      if (!(client instanceof Cluster) || !isWrongNode(error)) throw error
      await new Promise((resolve) => client.refreshSlotsCache(resolve))
      return await command(client)
    }
  }

  return {
    up: health.up,
    async run(command) {
      if (!health.up()) throw new RedisUnavailableError('redis is unavailable')
      try {
        return await withTimeout(ANSWER_MS, attempt(command))
      } catch (error) {
        if (error instanceof RedisUnavailableError) health.markDown()
        throw error
      }
    },
  }
}
