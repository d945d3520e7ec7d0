import type { TemplatedApp } from 'uWebSockets.js'
import { SUBPROTOCOL } from '@repartee/sdk/protocol'
import type { Metrics } from '../core/ports.ts'
import type { Session, Socket } from '../realtime/session.ts'
import { createLiveSocket, type LiveSocket, type SocketData } from './live-socket.ts'

/** One frame from a client; a comment of the longest allowed length fits with its escapes. */
const MAX_FRAME_BYTES = 64 * 1024
/** Where uWebSockets.js cuts a socket off by itself, should it not have been found slow before. */
const MAX_BACKPRESSURE_BYTES = 512 * 1024
/** uWebSockets.js pings before this passes in silence; below the read timeout of common proxies. */
const IDLE_TIMEOUT_SECONDS = 60

export type SocketOptions = {
  readonly path: string
  readonly createSession: (socket: Socket) => Session
  readonly networkOf: (peer: string, forwardedFor: string) => string
  /** Why no more connections are taken at present; a proxy tries another node. */
  readonly refusing: () => 'draining' | 'overloaded' | null
  readonly metrics: Metrics
}

/** The open WebSockets of this process. */
export type Sockets = {
  all(): Iterable<LiveSocket>
  readonly count: number
}

/** Accept WebSockets at `path`. */
export const acceptSockets = (app: TemplatedApp, o: SocketOptions): Sockets => {
  const sockets = new Set<LiveSocket>()
  app.ws<SocketData>(o.path, {
    maxPayloadLength: MAX_FRAME_BYTES,
    maxBackpressure: MAX_BACKPRESSURE_BYTES,
    // The package's typings say number; uWebSockets.js reads it as a truth value.
    closeOnBackpressureLimit: 1,
    idleTimeout: IDLE_TIMEOUT_SECONDS,
    sendPingsAutomatically: true,
    upgrade: (res, req, context) => {
      const protocols = req
        .getHeader('sec-websocket-protocol')
        .split(',')
        .map((name) => name.trim())
      const reason = o.refusing()
      if (reason !== null) {
        res.writeStatus('503 Service Unavailable').writeHeader('retry-after', '1').end(reason, true)
        return
      }
      if (!protocols.includes(SUBPROTOCOL)) {
        res.writeStatus('400 Bad Request').end(`the subprotocol ${SUBPROTOCOL} is needed`)
        return
      }
      const peer = Buffer.from(res.getRemoteAddressAsText()).toString()
      const origin = req.getHeader('origin')
      const data: SocketData = {
        network: o.networkOf(peer, req.getHeader('x-forwarded-for')),
        origin: origin === '' ? null : origin,
        host: req.getHeader('host'),
        live: null,
      }
      res.upgrade(
        data,
        req.getHeader('sec-websocket-key'),
        SUBPROTOCOL,
        req.getHeader('sec-websocket-extensions'),
        context,
      )
    },
    open: (ws) => {
      const live = createLiveSocket(ws, { openedAt: performance.now() })
      ws.getUserData().live = live
      sockets.add(live)
      o.metrics.gauge('sockets', sockets.size)
      live.session = o.createSession(live.socket)
    },
    message: (ws, message, isBinary) => {
      // The buffer is detached when this returns; the text is a copy. A binary frame is read as text too and refused there.
      ws.getUserData().live?.session?.receive(isBinary ? '' : Buffer.from(message).toString('utf8'))
    },
    close: (ws, code) => {
      const { live } = ws.getUserData()
      if (live === null) return
      live.ended()
      sockets.delete(live)
      o.metrics.gauge('sockets', sockets.size)
      o.metrics.count('socket_closes', { code: String(code) })
      live.session?.closed()
    },
  })
  return {
    all: () => sockets,
    get count() {
      return sockets.size
    },
  }
}
