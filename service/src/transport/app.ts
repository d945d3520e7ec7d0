import type { us_listen_socket } from 'uWebSockets.js'
import type { Deps } from '../core/deps.ts'
import type { Logger, Metrics } from '../core/ports.ts'
import type { Hub, LocalPublisher } from '../realtime/hub.ts'
import type { Session, Socket } from '../realtime/session.ts'
import { clientAddress, networkOf, trustedProxyList } from './client-address.ts'
import type { Readiness } from './health.ts'
import { listenExclusively, loadUws } from './load-uws.ts'
import { mountRoutes } from './mount.ts'
import { requestIdOf } from './request-id.ts'
import { acceptSockets } from './socket.ts'
import type { StaticFiles } from './static-files.ts'

export type Server = {
  /** uWebSockets.js's own publish: how the hub reaches this process's sockets. */
  readonly publisher: LocalPublisher
  /** Mount everything and accept connections. */
  listen(o: {
    host: string
    port: number
    deps: Deps
    hub: Hub
    createSession: (socket: Socket) => Session
    statics: StaticFiles
    ready: () => Readiness
  }): Promise<number>
  /** Stop accepting, tell every socket to come back elsewhere, let running requests finish, then close. */
  close(): Promise<void>
}

/** How long sockets get to leave by themselves, and requests to finish, before the server closes. */
const DRAIN_MS = 2_000

/** Create the one public server of a node. */
export const createServer = (o: { trustedProxies: readonly string[]; log: Logger; metrics: Metrics }): Server => {
  const uws = loadUws()
  const app = uws.App()
  const proxies = trustedProxyList(o.trustedProxies)
  const network = (peer: string, forwardedFor: string): string => networkOf(clientAddress(peer, forwardedFor, proxies))
  let listening: us_listen_socket | null = null
  let draining = false
  let running = 0
  let sockets: ReturnType<typeof acceptSockets> | null = null

  const idle = async (): Promise<void> => {
    const until = performance.now() + DRAIN_MS
    while ((running > 0 || (sockets?.count() ?? 0) > 0) && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 20))
  }

  return {
    publisher: { publish: (topic, frame) => void app.publish(topic, frame) },
    listen: async ({ host, port, deps, hub, createSession, statics, ready }) => {
      sockets = acceptSockets(app, {
        path: '/api/v1/realtime',
        createSession,
        networkOf: network,
        draining: () => draining,
        metrics: o.metrics,
        log: o.log,
      })
      mountRoutes(app, {
        deps,
        hub,
        statics,
        ready: () => (draining ? { status: 'draining', checks: ready().checks } : ready()),
        networkOf: network,
        requestIdOf: (peer, given) => requestIdOf(peer, given, proxies),
        log: o.log,
        metrics: o.metrics,
        track: (change) => {
          running += change
        },
      })
      const { token, port: bound } = await listenExclusively(uws, app, host, port)
      listening = token
      return bound
    },
    close: async () => {
      draining = true
      if (listening !== null) uws.us_listen_socket_close(listening)
      listening = null
      sockets?.each((socket) => {
        socket.send(JSON.stringify({ type: 'reconnect', afterMs: Math.floor(Math.random() * 1_000) }))
        socket.close(4000)
      })
      await idle()
      app.close()
    },
  }
}
