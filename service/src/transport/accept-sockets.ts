import type { TemplatedApp } from 'uWebSockets.js'
import { closeTable, SUBPROTOCOL } from '@repartee/sdk/protocol'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Session } from '../realtime/session.ts'
import type { Socket } from '../realtime/socket.ts'
import { readHeaders } from './headers.ts'
import { refuseRepeated } from './http.ts'
import { LiveSocket, type SocketData } from './live-socket.ts'

/** The longest frame of a client: a comment of the longest allowed length with its escapes fits. */
const MAX_FRAME_BYTES = 64 * 1024
/** Where uWebSockets.js itself closes a socket that was not found slow before. */
const MAX_BACKPRESSURE_BYTES = 1024 * 1024
/** uWebSockets.js pings a silent client before this has passed; below the read timeout of common proxies. */
const IDLE_TIMEOUT_SECONDS = 60
/** The last close code of the WebSocket protocol itself (RFC 6455 §7.4.1 and IANA's registry). */
const LAST_STANDARD_CLOSE = 1015

export type SocketOptions = {
  readonly path: string
  readonly createSession: (socket: Socket) => Session
  readonly networkOf: (peer: string, forwardedFor: string) => string
  /** Why no connections are accepted at present, so that a proxy tries another node; `null` when they are. */
  readonly refusing: () => 'draining' | 'overloaded' | null
  readonly metrics: Metrics
}

/** A metric's label for a close code. Clients may send thousands of different ones, and labels are never freed. */
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
    // A boolean to uWebSockets.js; the package's typings say number.
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
      // Copied, as the buffer is detached on return. A binary frame is refused as empty text.
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
