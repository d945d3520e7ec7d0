import type { LiveSocket } from './live-socket.ts'

const CHECK_MS = 100
/**
 * A client with this much buffered that makes no progress for a while is closed with a code, after everything that was
 * sent before, and resumes by `seq`. A client that catches up over a slow connection is not closed.
 */
export const SLOW_BUFFERED_BYTES = 128 * 1024
const NO_PROGRESS_MS = 500
/** Any client with this much buffered is closed, long before uWebSockets.js would cut it off without a code. */
export const MAX_BUFFERED_BYTES = 384 * 1024
/** Every socket lives for a different share of the lifetime, at least this one. */
const MIN_LIFETIME_SHARE = 0.75
/** Clients that are asked to reconnect do so within this time, so that they do not all return at once. */
const RECONNECT_SPREAD_MS = 10_000

/** What the monitor needs of an open socket. */
export type MonitoredSocket = Pick<
  LiveSocket,
  'openedAt' | 'reconnectAt' | 'bufferedBytes' | 'close' | 'requestReconnect'
>

export type SocketMonitor = {
  /** Something was published, so sockets may have bytes buffered. */
  published(): void
  close(): void
}

/**
 * Close slow consumers, and ask old sockets to reconnect, so that a node that was added or came back gets its share of the
 * readers. Slow consumers are found a moment after something was sent: uWebSockets.js itself would cut them off without a
 * code, and crashes when a socket is closed from its `dropped` handler.
 */
export const monitorSockets = (o: {
  sockets: () => Iterable<MonitoredSocket>
  /** How long a socket lives at most; 0 means without limit. */
  lifetimeMs: number
  now: () => number
  random: () => number
}): SocketMonitor => {
  let published = false

  const reconnectAt = (live: MonitoredSocket): number => {
    live.reconnectAt ??= live.openedAt + o.lifetimeMs * (MIN_LIFETIME_SHARE + (1 - MIN_LIFETIME_SHARE) * o.random())
    return live.reconnectAt
  }

  /** The least that each slow socket has had buffered, and since when. */
  const slow = new WeakMap<MonitoredSocket, { readonly bytes: number; readonly at: number }>()

  /** Whether a socket has too much buffered and makes no progress. */
  const isStuck = (live: MonitoredSocket, nowAt: number): boolean => {
    const before = slow.get(live)
    if (!published && before === undefined) return false
    const bytes = live.bufferedBytes()
    if (bytes <= SLOW_BUFFERED_BYTES) slow.delete(live)
    else if (before === undefined || bytes < before.bytes) slow.set(live, { bytes, at: nowAt })
    else if (nowAt - before.at >= NO_PROGRESS_MS) return true
    return bytes > MAX_BUFFERED_BYTES
  }

  const check = (): void => {
    const nowAt = o.now()
    for (const live of o.sockets()) {
      if (isStuck(live, nowAt)) live.close(4001)
      else if (o.lifetimeMs > 0 && reconnectAt(live) <= nowAt) {
        live.reconnectAt = Number.POSITIVE_INFINITY
        live.requestReconnect(Math.floor(o.random() * RECONNECT_SPREAD_MS))
      }
    }
    published = false
  }

  const timer = setInterval(check, CHECK_MS)
  timer.unref()
  return {
    published() {
      published = true
    },
    close: () => clearInterval(timer),
  }
}
