import type { Clock } from '../../core/ports/clock.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import type { PresenceStore } from '../../core/ports/presence-store.ts'
import type { RedisHandle } from './open-redis.ts'
import { createScript } from './script.ts'
import { SERVER_TIME } from './script-time.ts'

const JOINED_MS = 60_000
const TYPING_MS = 6_000
const MAX_NAMES = 5
/** Keys expire soon after their newest entry, so that a thread without readers leaves nothing behind. */
const KEEP_MS = JOINED_MS + 10_000
/** The most entries one call removes, as after the crash of a node with many readers. */
const MAX_EXPIRED = 1_000

/** Connections by expiry; visitor of each connection; connections of each visitor; typing visitors by expiry; names. */
const KEYS = ['c', 'v', 'n', 't', 'w'] as const

const COMMON = `${SERVER_TIME}
local connections, visitorOf, counts, typing, names = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local function forget(connection)
  redis.call('ZREM', connections, connection)
  local visitor = redis.call('HGET', visitorOf, connection)
  if not visitor then return end
  redis.call('HDEL', visitorOf, connection)
  if redis.call('HINCRBY', counts, visitor, -1) > 0 then return end
  redis.call('HDEL', counts, visitor)
  redis.call('ZREM', typing, visitor)
  redis.call('HDEL', names, visitor)
end
local function keep()
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ${KEEP_MS}) end
end
for _, connection in ipairs(redis.call('ZRANGEBYSCORE', connections, '-inf', now, 'LIMIT', 0, ${MAX_EXPIRED})) do
  forget(connection)
end
for _, visitor in ipairs(redis.call('ZRANGEBYSCORE', typing, '-inf', now, 'LIMIT', 0, ${MAX_EXPIRED})) do
  redis.call('ZREM', typing, visitor)
  redis.call('HDEL', names, visitor)
end
`

const join = createScript(`${COMMON}
local connection, visitor = ARGV[2], ARGV[3]
local known = redis.call('HGET', visitorOf, connection)
if known ~= visitor then
  if known then forget(connection) end
  redis.call('HSET', visitorOf, connection, visitor)
  redis.call('HINCRBY', counts, visitor, 1)
end
redis.call('ZADD', connections, now + ${JOINED_MS}, connection)
keep()`)

const leave = createScript(`${COMMON}
forget(ARGV[2])`)

const markTyping = createScript(`${COMMON}
redis.call('ZADD', typing, now + ${TYPING_MS}, ARGV[2])
redis.call('HSET', names, ARGV[2], ARGV[3])
keep()`)

const readState = createScript(`${COMMON}
local answer = {redis.call('HLEN', counts)}
for _, visitor in ipairs(redis.call('ZRANGE', typing, 0, ${MAX_NAMES - 1})) do
  table.insert(answer, redis.call('HGET', names, visitor) or '')
end
return answer`)

/**
 * Presence of all nodes, in one Redis. Every node also tracks its own in `local`, and answers from that while Redis is
 * unavailable. Entries are renewed, so what Redis has lost comes back within half a minute.
 */
export const createRedisPresence = (o: {
  redis: RedisHandle
  local: PresenceStore
  metrics: Metrics
  /** For tests, instead of the clock of Redis, which all nodes share. */
  clock?: Clock
}): PresenceStore => {
  const { local } = o

  /** `null` when Redis is unavailable. */
  const call = async (
    script: typeof join,
    topic: string,
    ...args: readonly string[]
  ): Promise<{ answer: unknown } | null> => {
    const keys = KEYS.map((name) => `repartee:presence:{${topic}}:${name}`)
    try {
      return { answer: await o.redis.commands.run((client) => script(client, keys, [o.clock?.() ?? '', ...args])) }
    } catch {
      o.metrics.count('redis_fallbacks', { for: 'presence' })
      return null
    }
  }

  return {
    async join(topic, connection, visitor) {
      await local.join(topic, connection, visitor)
      await call(join, topic, connection, visitor)
    },
    async leave(topic, connection) {
      await local.leave(topic, connection)
      await call(leave, topic, connection)
    },
    async typing(topic, visitor, name) {
      await local.typing(topic, visitor, name)
      await call(markTyping, topic, visitor, name)
    },
    async state(topic) {
      const here = await local.state(topic)
      const everywhere = await call(readState, topic)
      if (everywhere === null || !Array.isArray(everywhere.answer)) return here
      const [count, ...typing] = everywhere.answer
      // Right after Redis has lost its data, this node knows more.
      return { count: Math.max(here.count, Number(count)), typing: typing.map(String) }
    },
  }
}
