import type { TemplatedApp } from 'uWebSockets.js'
import { closeTable, SUBPROTOCOL } from '@repartee/sdk/protocol'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Session } from '../realtime/session.ts'
import type { Socket } from '../realtime/socket.ts'
import { readHeaders } from './headers.ts'
import { refuseRepeated } from './http.ts'
import { LiveSocket, type SocketData } from './live-socket.ts'

/** One frame from a client; a comment of the longest allowed length fits with its escapes. */
const MAX_FRAME_BYTES = 64 * 1024
/** Where uWebSockets.js cuts a socket off by itself, should it not have been found slow before. */
const MAX_BACKPRESSURE_BYTES = 1024 * 1024
/** uWebSockets.js pings before this passes in silence; below the read timeout of common proxies. */
const IDLE_TIMEOUT_SECONDS = 60
/** The last close code of the WebSocket protocol itself (RFC 6455 §7.4.1 and IANA's registry). */
const LAST_STANDARD_CLOSE = 1015

export type SocketOptions = {
  readonly path: string
  readonly createSession: (socket: Socket) => Session
  readonly networkOf: (peer: string, forwardedFor: string) => string
  /** Why no more connections are taken at present; a proxy tries another node. */
  readonly refusing: () => 'draining' | 'overloaded' | null
  readonly metrics: Metrics
}

/** A metric's label for a close code. Clients may send any of thousands, and each label costs memory for good. */
const closeLabel = (code: number): string =>
  code <= LAST_STANDARD_CLOSE || Object.hasOwn(closeTable, code) ? String(code) : 'other'

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
      const headers = readHeaders(req)
      const protocols = headers
        .get('sec-websocket-protocol')
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
      if (headers.repeated !== null) {
        refuseRepeated(res, headers.repeated)
        return
      }
      const peer = Buffer.from(res.getRemoteAddressAsText()).toString()
      const data: SocketData = {
        network: o.networkOf(peer, headers.get('x-forwarded-for')),
        origin: headers.get('origin') || null,
        host: headers.get('host'),
        live: null,
      }
      const [key, extensions] = [headers.get('sec-websocket-key'), headers.get('sec-websocket-extensions')]
      res.upgrade(data, key, SUBPROTOCOL, extensions, context)
    },
    open: (ws) => {
      const live = new LiveSocket(ws, { openedAt: performance.now(), createSession: o.createSession })
      ws.getUserData().live = live
      sockets.add(live)
      o.metrics.gauge('sockets', sockets.size)
    },
    message: (ws, message, isBinary) => {
      // The buffer is detached when this returns; the text is a copy. A binary frame is read as text too and refused there.
      ws.getUserData().live?.session.receive(isBinary ? '' : Buffer.from(message).toString('utf8'))
    },
    close: (ws, code) => {
      const { live } = ws.getUserData()
      if (live === null) return
      live.ended()
      sockets.delete(live)
      o.metrics.gauge('sockets', sockets.size)
      o.metrics.count('socket_closes', { code: closeLabel(code) })
      live.session.closed()
    },
  })
  return {
    all: () => sockets,
    get count() {
      return sockets.size
    },
  }
}
