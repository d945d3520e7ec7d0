import { type Cluster, Redis } from 'ioredis'
import type { Clock } from '../../core/ports/clock.ts'
import type { Logger } from '../../core/ports/logger.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import {
  type ChannelSubscriptions,
  createClusterSubscriptions,
  createServerSubscriptions,
} from './channel-subscriptions.ts'
import { connectCluster, connectServer, reconnect } from './connect.ts'
import { type Commands, createCommands } from './redis-commands.ts'
import { startHealthCheck } from './redis-health-check.ts'
import { parseRedisUrl } from './redis-url.ts'
import { partitionSlots } from './slot.ts'

/** Start-up waits this long for Redis at most, and then continues without. */
const START_MS = 2_000

/** A node's connections to Redis. */
export type RedisHandle = {
  /** Names this process among its peers. */
  readonly node: string
  /** Whether channels are spread over the nodes of a cluster. */
  readonly sharded: boolean
  readonly commands: Commands
  readonly subscriptions: ChannelSubscriptions
  /** `degraded` while commands are not answered or a subscription is interrupted. */
  mode(): 'ok' | 'degraded'
  /** Why it is degraded, for people; `null` when it is not. */
  reason(): string | null
  /** Call back each time the mode changes; returns the function that removes the listener. */
  onMode(listener: (mode: 'ok' | 'degraded') => void): () => void
  /** Call back after every change of a connection or subscription; returns the function that removes the listener. */
  onChange(listener: () => void): () => void
  /** Call back for every message; returns the function that removes the listener. */
  onMessage(listener: (topic: string, message: string) => void): () => void
  close(): Promise<void>
}

const createListeners = <A extends unknown[]>() => {
  const all = new Set<(...args: A) => void>()
  return {
    call: (...args: A): void => {
      for (const listener of [...all]) listener(...args)
    },
    add: (listener: (...args: A) => void): (() => void) => {
      all.add(listener)
      return () => void all.delete(listener)
    },
  }
}

/** Ping every node that owns a partition, including one that the client has dropped from its list. */
const pingCluster = async (cluster: Cluster): Promise<void> => {
  const nodes = new Map(cluster.nodes('master').map((node) => [`${node.options.host}:${node.options.port}`, node]))
  const owners = new Set(partitionSlots().map((slot) => cluster.slots[slot]?.[0]))
  await Promise.all(
    [...owners].map((owner) => {
      const node = owner === undefined ? undefined : nodes.get(owner)
      return node === undefined ? Promise.reject(new Error('a slot of the cluster has no node')) : node.ping()
    }),
  )
}

/** Connect to Redis. Resolves without Redis too: the handle is then degraded, and recovers by itself. */
export const openRedis = async (o: {
  /** See `parseRedisUrl`. */
  url: string
  node: string
  log: Logger
  metrics: Metrics
  now: Clock
}): Promise<RedisHandle> => {
  const target = parseRedisUrl(o.url)
  const changes = createListeners<[]>()
  const modes = createListeners<[mode: 'ok' | 'degraded']>()
  const messages = createListeners<[topic: string, message: string]>()
  let mode: 'ok' | 'degraded' = 'degraded'
  let started = false
  /** The last error of the connection, such as a refused password. */
  let lastError: string | null = null
  let closed = false

  const reason = (): string | null =>
    !commands.up() ? 'commands are not answered' : !subscriptions.complete() ? 'some messages are not received' : null

  const warn = (): void => o.log.warn('redis is unavailable', { reason: reason(), error: lastError })

  const onChange = (): void => {
    if (closed) return
    const before = mode
    mode = reason() === null ? 'ok' : 'degraded'
    if (mode !== before) {
      o.metrics.gauge('redis_up', mode === 'ok' ? 1 : 0)
      if (mode === 'degraded') warn()
      else if (started) o.log.info('redis is available again')
    }
    changes.call()
    if (mode !== before) modes.call(mode)
  }

  const common = { ...o, target, onChange, onMessage: messages.call }
  const cluster = target.kind === 'cluster' ? connectCluster(target) : null
  const client: Redis | Cluster =
    cluster ?? connectServer(target as Exclude<typeof target, { kind: 'cluster' }>, { enableAutoPipelining: true })
  client.on('error', (error: Error) => {
    lastError = error.message
    o.log.debug('redis connection', { error })
  })
  const health = startHealthCheck({
    ...o,
    name: 'commands',
    client,
    ping: cluster === null ? () => client.ping() : () => pingCluster(cluster),
    restart() {
      if (client instanceof Redis) reconnect(client)
      else client.refreshSlotsCache(() => undefined)
    },
    onChange,
  })
  const commands = createCommands(client, health)
  const subscriptions: ChannelSubscriptions =
    target.kind === 'cluster'
      ? createClusterSubscriptions({ ...common, cluster: client as Cluster })
      : createServerSubscriptions({ ...common, target })
  o.metrics.gauge('redis_up', 0)

  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      removeListener()
      resolve()
    }
    const timer = setTimeout(done, START_MS)
    const removeListener = modes.add(done)
  })
  started = true
  if (mode === 'degraded') warn()

  return {
    node: o.node,
    sharded: cluster !== null,
    commands,
    subscriptions,
    mode: () => mode,
    reason,
    onMode: modes.add,
    onChange: changes.add,
    onMessage: messages.add,
    async close() {
      closed = true
      health.close()
      subscriptions.close()
      client.disconnect()
    },
  }
}
