import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy that does not interpret what it carries. */
export type PlainProxy = {
  readonly port: number
  /** Let nothing pass until `resume`: neither data, nor the end of a connection, nor a new connection. */
  stall(): void
  resume(): void
  /** Reset every connection. */
  cut(): void
  close(): void
}

/** Start a proxy on a free port of `host`. */
export const startPlainProxy = async (
  target: { readonly host: string; readonly port: number },
  host = '127.0.0.1',
): Promise<PlainProxy> => {
  const sockets = new Set<Socket>()
  const held: (() => void)[] = []
  let stalled = false

  /** Run `act` now, or when the stall is over. */
  const pass = (act: () => void): void => {
    if (stalled) held.push(act)
    else act()
  }

  const carry = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.setNoDelay(true)
    from.on('error', () => undefined)
    from.on('data', (chunk) => pass(() => to.write(chunk)))
    from.on('close', () => {
      sockets.delete(from)
      pass(() => to.destroy())
    })
  }

  const server = createServer((near) => {
    near.on('error', () => undefined)
    pass(() => {
      if (near.destroyed) return
      const far = connect(target)
      carry(near, far)
      carry(far, near)
    })
  }).listen(0, host)
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    stall() {
      stalled = true
    },
    resume() {
      stalled = false
      for (const act of held.splice(0)) act()
    },
    cut() {
      for (const socket of [...sockets]) socket.resetAndDestroy()
    },
    close() {
      server.close()
      for (const socket of [...sockets]) socket.destroy()
    },
  }
}
