import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { RedisTarget } from './redis-url.ts'

/** A server that does not answer for this long is treated as away. */
export const ANSWER_MS = 500
/** The client's own limit, for what nobody else waits for: the first words of a connection, subscribing. */
const COMMAND_TIMEOUT_MS = 1_000
const CONNECT_TIMEOUT_MS = 2_000
/** So that all nodes are back within two seconds after Redis is. */
const MAX_RETRY_MS = 1_000
const CONNECTION_NAME = 'repartee'

const retryMs = (times: number): number =>
  Math.min(50 * 2 ** Math.min(times - 1, 10), MAX_RETRY_MS) * (0.75 + Math.random() / 2)

/**
 * For every connection. Nothing is queued while it is down: the callers have better answers than waiting. Commands that
 * were under way when it broke may be sent again by the client, so all of ours may run twice.
 */
const common = (target: RedisTarget) =>
  ({
    ...(target.username === null ? {} : { username: target.username }),
    ...(target.password === null ? {} : { password: target.password }),
    ...(target.tls ? { tls: {} } : {}),
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    disconnectTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    autoResubscribe: false,
    connectionName: CONNECTION_NAME,
    // Said by a master that Sentinel or the cluster has demoted: find the new one, and send the command there.
    reconnectOnError: (error: Error) => (error.message.startsWith('READONLY') ? 2 : false),
  }) satisfies RedisOptions

const place = (target: Exclude<RedisTarget, { kind: 'cluster' }>) => {
  if (target.kind === 'single') return target.address
  if (target.kind === 'socket') return { path: target.path }
  return {
    sentinels: target.sentinels.map((sentinel) => ({ ...sentinel })),
    name: target.master,
    ...(target.sentinelPassword === null ? {} : { sentinelPassword: target.sentinelPassword }),
    enableTLSForSentinelMode: target.tls,
    sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
    sentinelRetryStrategy: retryMs,
    failoverDetector: true,
  }
}

/** Connect to one server, or to the master that Sentinel names. */
export const connectServer = (
  target: Exclude<RedisTarget, { kind: 'cluster' }>,
  options: { readonly enableAutoPipelining: boolean },
): Redis =>
  new Redis({
    ...common(target),
    ...place(target),
    db: target.db,
    enableOfflineQueue: false,
    retryStrategy: retryMs,
    ...options,
  })

/**
 * Give up a connection for a new one, unless the client is about to make one. It ends for good when Sentinel tells it of
 * a failover just while it connects: then it is made to start again.
 */
export const reconnect = (client: Redis): void => {
  if (client.status === 'ready') client.disconnect(true)
  else if (client.status === 'end') client.connect().catch(() => undefined)
}

/** Connect to a cluster. */
export const connectCluster = (target: Extract<RedisTarget, { kind: 'cluster' }>): Cluster =>
  new Cluster(
    target.seeds.map((seed) => ({ ...seed })),
    {
      redisOptions: common(target),
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      clusterRetryStrategy: retryMs,
      slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
      maxRedirections: 3,
      // Certificates name hosts, not the addresses they resolve to.
      dnsLookup: (host, done) => done(null, host),
    },
  )

/** Connect to one node of a cluster, for subscribing. */
export const connectClusterNode = (target: RedisTarget, host: string, port: number): Redis =>
  new Redis({ ...common(target), host, port, enableOfflineQueue: false, retryStrategy: retryMs })
