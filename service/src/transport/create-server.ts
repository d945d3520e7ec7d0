import type { us_listen_socket } from 'uWebSockets.js'
import { setTimeout as pause } from 'node:timers/promises'
import type { Deps } from '../core/deps.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Admission } from '../realtime/admission.ts'
import type { Hub } from '../realtime/hub.ts'
import type { LocalPublisher } from '../realtime/local-publisher.ts'
import type { Session } from '../realtime/session.ts'
import type { Socket } from '../realtime/socket.ts'
import { acceptSockets, type Sockets } from './accept-sockets.ts'
import { clientAddress, networkOf, trustedProxyList } from './client-address.ts'
import { drainSockets, waitUntil } from './drain.ts'
import type { Readiness } from './health.ts'
import { listenExclusively, loadUws } from './load-uws.ts'
import { monitorSockets, type SocketMonitor } from './monitor-sockets.ts'
import { mountRoutes } from './mount-routes.ts'
import { requestIdOf } from './request-id.ts'
import type { StaticFiles } from './static-files.ts'

export type Server = {
  /** Publishes to this process's sockets through uWebSockets.js. */
  readonly publisher: LocalPublisher
  /** Mount everything and accept connections. */
  listen(o: {
    host: string
    port: number
    deps: Deps
    hub: Hub
    admission: Pick<Admission, 'full'>
    createSession: (socket: Socket) => Session
    statics: StaticFiles
    dashboardUrl: string
    ready: () => Readiness
  }): Promise<number>
  /** Stop gracefully: report `draining`, stop accepting, move the sockets to other nodes, finish requests, close. */
  close(): Promise<void>
}

export type ServerOptions = {
  readonly trustedProxies: readonly string[]
  /** How long the node still serves while `/readyz` reports `draining`. */
  readonly drainGraceMs: number
  /** The time over which sockets are moved to other nodes. */
  readonly drainMs: number
  readonly socketLifetimeMs: number
  readonly log: Logger
  readonly metrics: Metrics
}

/** How long the last sockets and requests have to finish; longer than the deadline of a command. */
const FINISH_MS = 7_000
/** Time to send the last replies and close frames before the connections are cut. */
const FLUSH_MS = 50

/** Create the public server of a node. */
export const createServer = (o: ServerOptions): Server => {
  const uws = loadUws()
  const app = uws.App()
  const proxies = trustedProxyList(o.trustedProxies)
  const network = (peer: string, forwardedFor: string): string => networkOf(clientAddress(peer, forwardedFor, proxies))
  let listening: us_listen_socket | null = null
  let state: 'serving' | 'draining' | 'closing' = 'serving'
  let inFlight = 0
  let sockets: Sockets | null = null
  let monitor: SocketMonitor | null = null
  let endPolls = (): void => undefined

  const drain = async (): Promise<void> => {
    state = 'draining'
    o.log.info('draining', { sockets: sockets?.count ?? 0, requests: inFlight })
    if (listening !== null) await pause(o.drainGraceMs)
    state = 'closing'
    if (listening !== null) uws.us_listen_socket_close(listening)
    listening = null
    endPolls()
    await drainSockets({ sockets: () => sockets?.all() ?? [], overMs: o.drainMs, random: Math.random })
    const done = await waitUntil(() => inFlight === 0 && (sockets?.count ?? 0) === 0, FINISH_MS)
    if (!done)
      o.log.warn('closing unfinished sockets and requests', { sockets: sockets?.count ?? 0, requests: inFlight })
  }

  return {
    publisher: {
      publish: (topic, frame) => {
        o.metrics.count('deliveries', {}, app.numSubscribers(topic))
        app.publish(topic, frame)
        monitor?.published()
      },
    },
    listen: async ({ host, port, deps, hub, admission, createSession, statics, dashboardUrl, ready }) => {
      endPolls = hub.endPolls
      const open = acceptSockets(app, {
        path: '/api/v1/realtime',
        createSession,
        networkOf: network,
        refusing: () => (state !== 'serving' ? 'draining' : admission.full ? 'overloaded' : null),
        metrics: o.metrics,
      })
      sockets = open
      monitor = monitorSockets({
        sockets: open.all,
        lifetimeMs: o.socketLifetimeMs,
        now: () => performance.now(),
        random: Math.random,
      })
      mountRoutes(app, {
        deps,
        hub,
        statics,
        dashboardUrl,
        ready: () => (state === 'serving' ? ready() : { status: 'draining', checks: ready().checks }),
        networkOf: network,
        requestIdOf: (peer, header) => requestIdOf(peer, header, proxies),
        log: o.log,
        metrics: o.metrics,
        closing: () => state === 'closing',
        countInFlight: (change) => {
          inFlight += change
        },
      })
      const { token, port: bound } = await listenExclusively(uws, app, host, port)
      listening = token
      return bound
    },
    close: async () => {
      await drain()
      monitor?.close()
      await pause(FLUSH_MS)
      app.close()
    },
  }
}
