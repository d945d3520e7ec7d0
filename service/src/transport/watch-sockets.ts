import type { LiveSocket } from './live-socket.ts'

const EVERY_MS = 100
/**
 * A client this far behind that gets no further for a while gets no more: it is closed with a code, after all that was
 * sent before, and resumes by `seq`. Whoever catches up over a slow connection is left alone.
 */
export const MAX_UNREAD_BYTES = 128 * 1024
const PATIENCE_MS = 500
/** Nobody is left alone with this much, long before uWebSockets.js cuts off without a code. */
export const MOST_UNREAD_BYTES = 384 * 1024
/** Every socket lives a different part of the lifetime, at least this much of it. */
const SHORTEST_LIFE = 0.75
/** Who is asked to move does so within this time, so that not all come at once. */
const SPREAD_MS = 10_000

/** What the watch needs of an open socket. */
export type WatchedSocket = Pick<
  LiveSocket,
  'openedAt' | 'reconnectAt' | 'bufferedBytes' | 'close' | 'requestReconnect'
>

export type SocketWatch = {
  /** Something was published: somebody may not be reading it. */
  published(): void
  close(): void
}

/**
 * Close sockets that do not read, and ask old ones to move, so that the readers of a node that was added or came back are
 * shared anew. uWebSockets.js itself would cut a slow socket off without a code, and crashes when one is closed from its
 * `dropped` handler, so they are looked for a moment after something was sent.
 */
export const watchSockets = (o: {
  sockets: () => Iterable<WatchedSocket>
  /** How long a socket lives; 0 is for ever. */
  lifetimeMs: number
  now: () => number
  random: () => number
}): SocketWatch => {
  let dirty = false

  const reconnectAt = (live: WatchedSocket): number => {
    live.reconnectAt ??= live.openedAt + o.lifetimeMs * (SHORTEST_LIFE + (1 - SHORTEST_LIFE) * o.random())
    return live.reconnectAt
  }

  /** The least each slow socket has had unread, and since when. */
  const behind = new WeakMap<WatchedSocket, { readonly unread: number; readonly at: number }>()

  /** Whether a socket has too much unread and does not get less. */
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
