import { Cluster, Redis, type RedisOptions } from 'ioredis'
import type { RedisTarget } from './redis-url.ts'

/** A server that does not answer for this long counts as unavailable. */
export const ANSWER_MS = 500
/** The client's own timeout, for commands without another: the handshake of a connection, and subscribing. */
const COMMAND_TIMEOUT_MS = 1_000
const CONNECT_TIMEOUT_MS = 2_000
/** Short enough that all nodes are back within two seconds after Redis is. */
const MAX_RETRY_MS = 1_000
const CONNECTION_NAME = 'repartee'

const retryMs = (times: number): number =>
  Math.min(50 * 2 ** Math.min(times - 1, 10), MAX_RETRY_MS) * (0.75 + Math.random() / 2)

/**
 * The options of every connection. Nothing is queued while it is down, since all callers have a fallback. The client may
 * send commands again that were in flight when a connection broke, so every command may run twice.
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
    // The error of a master that Sentinel or the cluster has demoted: reconnect, and send the command again.
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
 * Replace a connection, unless the client is about to do so. A client ends for good when Sentinel reports a failover while
 * it is connecting; then it is started again.
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
      // Hosts are not resolved here, since certificates name them rather than their addresses.
      dnsLookup: (host, done) => done(null, host),
    },
  )

/** Connect to one node of a cluster, for subscribing. */
export const connectClusterNode = (target: RedisTarget, host: string, port: number): Redis =>
  new Redis({ ...common(target), host, port, enableOfflineQueue: false, retryStrategy: retryMs })
