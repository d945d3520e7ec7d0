import { createHash } from 'node:crypto'
import type { RedisCommander } from 'ioredis'

/** A script that Redis runs atomically. */
export type Script = (
  client: RedisCommander,
  keys: readonly string[],
  args: readonly (string | number)[],
) => Promise<unknown>

/** Make a script. It is sent by its digest, and in full when the server does not have it, as after a restart. */
export const createScript = (lua: string): Script => {
  const digest = createHash('sha1').update(lua).digest('hex')
  return async (client, keys, args) => {
    const rest = [...keys, ...args]
    try {
      return await client.evalsha(digest, keys.length, ...rest)
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return client.eval(lua, keys.length, ...rest)
      throw error
    }
  }
}
