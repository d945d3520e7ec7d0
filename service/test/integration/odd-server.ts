import { createServer, type Socket } from 'node:net'

export type OddServer = {
  readonly port: number
  /** The heads of the requests that came in. */
  readonly requests: string[]
  /** Connections that are open now. */
  open(): number
  close(): Promise<void>
}

/** A server on loopback that answers a request's head with any bytes, also with such as no honest server sends. */
export const startOddServer = async (
  answer: (socket: Socket, head: string, requests: readonly string[]) => void,
  host = '127.0.0.1',
): Promise<OddServer> => {
  const sockets = new Set<Socket>()
  const requests: string[] = []
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let head = ''
    socket.on('data', (chunk) => {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      requests.push(head)
      const whole = head
      head = ''
      answer(socket, whole, requests)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    requests,
    open: () => sockets.size,
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

/** A whole answer with its length. */
export const whole = (body: string | Buffer, o: { status?: string; headers?: readonly string[] } = {}): Buffer =>
  Buffer.concat([
    Buffer.from(
      [
        `HTTP/1.1 ${o.status ?? '200 OK'}`,
        `Content-Length: ${Buffer.byteLength(body)}`,
        ...(o.headers ?? ['Content-Type: text/html']),
        '',
        '',
      ].join('\r\n'),
    ),
    Buffer.from(body),
  ])
