import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

export type CuttingProxy = {
  readonly port: number
  /** Reset every open connection. */
  cut(): void
  /** Whether to refuse new connections. */
  refuse(on: boolean): void
  close(): Promise<void>
}

/** A TCP proxy in front of a service that can break connections. */
export const startCuttingProxy = async (target: number): Promise<CuttingProxy> => {
  const live = new Set<Socket>()
  let refusing = false
  const server = createServer((client) => {
    if (refusing) {
      client.resetAndDestroy()
      return
    }
    const upstream = connect(target, '127.0.0.1')
    for (const socket of [client, upstream]) {
      live.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        live.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream)
    upstream.pipe(client)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of live) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    refuse: (on) => {
      refusing = on
    },
    close: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
