import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export type Seen = { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders }

/** Stands in for a node: replies as `answer` does, echoes on WebSockets, and records requests. */
export const startUpstream = async (answer: (request: IncomingMessage, response: ServerResponse) => void, port = 0) => {
  const seen: Seen[] = []
  const remember = (request: IncomingMessage): void => {
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers })
  }
  let reply = answer
  const server = createServer((request, response) => {
    remember(request)
    request.resume()
    request.on('end', () => reply(request, response))
  })
  // As in uWebSockets.js: longer than nginx keeps its side open.
  server.keepAliveTimeout = 9_000
  let refusesSockets = false
  server.on('upgrade', (request, socket: Socket) => {
    remember(request)
    if (refusesSockets) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n')
      return
    }
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.pipe(socket)
    socket.on('error', () => undefined)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (next: typeof answer) => {
      reply = next
    },
    refuseSockets: () => {
      refusesSockets = true
    },
    async stop() {
      if (!server.listening) return
      const ended = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await ended
    },
  }
}
export type Upstream = Awaited<ReturnType<typeof startUpstream>>

/**
 * A server that closes an idle connection at the worst moment: a request on a connection that was idle for longer than
 * `idleMs` is answered with a reset.
 */
export const startImpatientUpstream = async (idleMs: number) => {
  let connections = 0
  const open = new Set<Socket>()
  const server = createTcpServer((socket) => {
    connections += 1
    open.add(socket)
    let lastAt = performance.now()
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', () => {
      if (performance.now() - lastAt > idleMs) return void socket.resetAndDestroy()
      lastAt = performance.now()
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    async stop() {
      const ended = once(server, 'close')
      server.close()
      for (const socket of open) socket.destroy()
      await ended
    },
  }
}
