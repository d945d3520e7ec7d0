import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy between one node and Redis, so that this node alone can be disconnected. */
export const startProxy = async (path: string) => {
  const sockets = new Set<Socket>()
  let disconnected = false
  const server = createServer((near) => {
    if (disconnected) {
      near.destroy()
      return
    }
    const far = connect({ path })
    const pairs = [
      [near, far],
      [far, near],
    ] as const
    for (const [from, to] of pairs) {
      sockets.add(from)
      from.on('error', () => undefined)
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Break all connections and refuse new ones. */
    disconnect() {
      disconnected = true
      for (const socket of sockets) socket.destroy()
    },
    restore() {
      disconnected = false
    },
    async close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
