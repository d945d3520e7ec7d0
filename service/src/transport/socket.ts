import type { TemplatedApp, WebSocket } from 'uWebSockets.js'
import { type CloseCode, closeTable, SUBPROTOCOL } from '@repartee/sdk/protocol'
import type { Logger, Metrics } from '../core/ports.ts'
import type { Session, Socket } from '../realtime/session.ts'

/** One frame from a client; a comment of the longest allowed length fits with its escapes. */
const MAX_FRAME_BYTES = 64 * 1024
/** A socket that has this much unread is closed and resumes by `seq`: memory per slow reader is bounded. */
const MAX_BACKPRESSURE_BYTES = 256 * 1024
/** uWebSockets.js pings before this passes in silence; below the read timeout of common proxies. */
const IDLE_TIMEOUT_SECONDS = 60

type SocketData = {
  readonly peer: string
  readonly network: string
  readonly origin: string | null
  readonly host: string
  session: Session | null
  open: boolean
}

export type SocketOptions = {
  readonly path: string
  readonly createSession: (socket: Socket) => Session
  readonly networkOf: (peer: string, forwardedFor: string) => string
  readonly draining: () => boolean
  readonly metrics: Metrics
  readonly log: Logger
}

const asSocket = (ws: WebSocket<SocketData>, data: SocketData): Socket => ({
  network: data.network,
  origin: data.origin,
  host: data.host,
  send: (frame) => {
    if (data.open) ws.send(frame)
  },
  join: (topic) => {
    if (data.open) ws.subscribe(topic)
  },
  leave: (topic) => {
    if (data.open) ws.unsubscribe(topic)
  },
  close: (code: CloseCode) => {
    if (data.open) ws.end(code, closeTable[code].reason)
  },
})

/** Accept WebSockets at `path`. Every call on a socket is guarded: touching a closed one throws in uWebSockets.js. */
export const acceptSockets = (
  app: TemplatedApp,
  o: SocketOptions,
): { readonly each: (act: (socket: Socket) => void) => void; readonly count: () => number } => {
  const live = new Map<WebSocket<SocketData>, Socket>()
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
      if (o.draining()) {
        res.writeStatus('503 Service Unavailable').writeHeader('retry-after', '1').end('draining')
        return
      }
      if (!protocols.includes(SUBPROTOCOL)) {
        res.writeStatus('400 Bad Request').end(`the subprotocol ${SUBPROTOCOL} is needed`)
        return
      }
      const peer = Buffer.from(res.getRemoteAddressAsText()).toString()
      const origin = req.getHeader('origin')
      const data: SocketData = {
        peer,
        network: o.networkOf(peer, req.getHeader('x-forwarded-for')),
        origin: origin === '' ? null : origin,
        host: req.getHeader('host'),
        session: null,
        open: true,
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
      const data = ws.getUserData()
      const socket = asSocket(ws, data)
      live.set(ws, socket)
      o.metrics.gauge('sockets', live.size)
      data.session = o.createSession(socket)
    },
    message: (ws, message, isBinary) => {
      const { session } = ws.getUserData()
      // The buffer is detached when this returns; the text is a copy. A binary frame is read as text too and refused there.
      if (session !== null) session.receive(isBinary ? '' : Buffer.from(message).toString('utf8'))
    },
    close: (ws, code) => {
      const data = ws.getUserData()
      data.open = false
      live.delete(ws)
      o.metrics.gauge('sockets', live.size)
      o.metrics.count('socket_closes', { code: String(code) })
      data.session?.closed()
    },
  })
  return { each: (act) => [...live.values()].forEach(act), count: () => live.size }
}
