import { type Cluster, Redis } from 'ioredis'
import type { Clock } from '../../core/ports/clock.ts'
import type { Logger } from '../../core/ports/logger.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import { createClusterSubscriptions, createServerSubscriptions, type Subscriptions } from './channel-subscriptions.ts'
import { connectCluster, connectServer, reconnect } from './connect.ts'
import { createWatch } from './connection-watch.ts'
import { type Commands, createCommands } from './redis-commands.ts'
import { parseRedisUrl } from './redis-url.ts'
import { partitionSlots } from './slot.ts'

/** A start does not wait longer for Redis; it goes on without. */
const START_MS = 2_000

/** A node's connections to Redis. */
export type RedisHandle = {
  /** Names this process among its peers. */
  readonly node: string
  /** Whether channels are spread over the nodes of a cluster. */
  readonly sharded: boolean
  readonly commands: Commands
  readonly subscriptions: Subscriptions
  /** `degraded` while commands go unanswered or something that should be heard is not. */
  mode(): 'ok' | 'degraded'
  /** Why it is degraded, for people; `null` when it is not. */
  reason(): string | null
  /** Call back each time the mode changes; returns the function that stops it. */
  onMode(listener: (mode: 'ok' | 'degraded') => void): () => void
  /** Call back after every change of what is heard or answered; returns the function that stops it. */
  onChanged(listener: () => void): () => void
  /** Call back for every message heard; returns the function that stops it. */
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

/** Every node that has a partition must answer, also one the client has dropped from its list. */
const pingCluster = async (cluster: Cluster): Promise<void> => {
  const nodes = new Map(cluster.nodes('master').map((node) => [`${node.options.host}:${node.options.port}`, node]))
  const owners = new Set(partitionSlots().map((slot) => cluster.slots[slot]?.[0]))
  await Promise.all(
    [...owners].map((owner) => {
      const node = owner === undefined ? undefined : nodes.get(owner)
      return node === undefined ? Promise.reject(new Error('a part of the cluster has no node')) : node.ping()
    }),
  )
}

/** Connect to Redis. Resolves also when it is away: the handle is degraded then, and heals by itself. */
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
  /** What the connection last complained of, such as a refused password. */
  let complaint: string | null = null
  let closed = false

  const reason = (): string | null =>
    !commands.up() ? 'commands are not answered' : !subscriptions.whole() ? 'not every message is heard' : null

  const warn = (): void => o.log.warn('redis is away', { reason: reason(), error: complaint })

  const changed = (): void => {
    if (closed) return
    const before = mode
    mode = reason() === null ? 'ok' : 'degraded'
    if (mode !== before) {
      o.metrics.gauge('redis_up', mode === 'ok' ? 1 : 0)
      if (mode === 'degraded') warn()
      else if (started) o.log.info('redis is back')
    }
    changes.call()
    if (mode !== before) modes.call(mode)
  }

  const common = { ...o, target, changed, heard: messages.call }
  const cluster = target.kind === 'cluster' ? connectCluster(target) : null
  const client: Redis | Cluster =
    cluster ?? connectServer(target as Exclude<typeof target, { kind: 'cluster' }>, { enableAutoPipelining: true })
  client.on('error', (error: Error) => {
    complaint = error.message
    o.log.debug('redis connection', { error })
  })
  const watch = createWatch({
    ...o,
    name: 'commands',
    client,
    ping: cluster === null ? () => client.ping() : () => pingCluster(cluster),
    restart() {
      if (client instanceof Redis) reconnect(client)
      else client.refreshSlotsCache(() => undefined)
    },
    changed,
  })
  const commands = createCommands(client, watch)
  const subscriptions: Subscriptions =
    target.kind === 'cluster'
      ? createClusterSubscriptions({ ...common, cluster: client as Cluster })
      : createServerSubscriptions({ ...common, target })
  o.metrics.gauge('redis_up', 0)

  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      stop()
      resolve()
    }
    const timer = setTimeout(done, START_MS)
    const stop = modes.add(done)
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
    onChanged: changes.add,
    onMessage: messages.add,
    async close() {
      closed = true
      watch.close()
      subscriptions.close()
      client.disconnect()
    },
  }
}
