import type { LiveSocket } from './live-socket.ts'

const EVERY_MS = 100
/**
 * A client with more unread bytes than this, and no progress for `PATIENCE_MS`, is closed with a close code after what
 * was already sent. It can resume by `seq`. A client on a slow connection that makes progress stays connected.
 */
export const MAX_UNREAD_BYTES = 128 * 1024
const PATIENCE_MS = 500
/** Above this a client is closed even if it makes progress, before uWebSockets.js drops it without a code. */
export const MOST_UNREAD_BYTES = 384 * 1024
/** Every socket gets a random share of the lifetime, at least this much, so that they do not all move at once. */
const SHORTEST_LIFE = 0.75
/** Clients that are asked to move reconnect at random times within this, so that they do not all arrive at once. */
const SPREAD_MS = 10_000

/** The part of an open socket that the watch uses. */
export type WatchedSocket = Pick<
  LiveSocket,
  'openedAt' | 'reconnectAt' | 'bufferedBytes' | 'close' | 'requestReconnect'
>

export type SocketWatch = {
  /** Call after something was published: a client may fail to read it. */
  published(): void
  close(): void
}

/**
 * Close sockets whose clients do not read. Ask old sockets to reconnect, so that a node that was added or restarted
 * gets its share of readers. uWebSockets.js would drop a slow socket without a close code, and it crashes if a socket
 * is closed in its `dropped` handler. So a timer looks for slow sockets after something was sent.
 */
export const watchSockets = (o: {
  sockets: () => Iterable<WatchedSocket>
  /** How long a socket lives; 0 means without limit. */
  lifetimeMs: number
  now: () => number
  random: () => number
}): SocketWatch => {
  let dirty = false

  const reconnectAt = (live: WatchedSocket): number => {
    live.reconnectAt ??= live.openedAt + o.lifetimeMs * (SHORTEST_LIFE + (1 - SHORTEST_LIFE) * o.random())
    return live.reconnectAt
  }

  /** The smallest number of unread bytes of each slow socket, and since when. */
  const behind = new WeakMap<WatchedSocket, { readonly unread: number; readonly at: number }>()

  /** Whether a socket has too many unread bytes and makes no progress. */
  const isStuck = (live: WatchedSocket, nowAt: number): boolean => {
    const before = behind.get(live)
    if (!dirty && before === undefined) return false
    const unread = live.bufferedBytes()
    if (unread <= MAX_UNREAD_BYTES) behind.delete(live)
    else if (before === undefined || unread < before.unread) behind.set(live, { unread, at: nowAt })
    else if (nowAt - before.at >= PATIENCE_MS) return true
    return unread > MOST_UNREAD_BYTES
  }

  const look = (): void => {
    const nowAt = o.now()
    for (const live of o.sockets()) {
      if (isStuck(live, nowAt)) live.close(4001)
      else if (o.lifetimeMs > 0 && reconnectAt(live) <= nowAt) {
        live.reconnectAt = Number.POSITIVE_INFINITY
        live.requestReconnect(Math.floor(o.random() * SPREAD_MS))
      }
    }
    dirty = false
  }

  const timer = setInterval(look, EVERY_MS)
  timer.unref()
  return {
    published() {
      dirty = true
    },
    close: () => clearInterval(timer),
  }
}
