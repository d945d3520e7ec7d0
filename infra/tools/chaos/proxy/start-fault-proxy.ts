import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { createFaultPlan, type FaultPlan } from './fault-plan.ts'
import { createLink, type Link } from './proxied-connection.ts'

/** A TCP proxy in front of PostgreSQL that fails on request, in the ways in which a network or a server can. */
export type FaultProxy = {
  readonly port: number
  /** Faults of single statements. */
  readonly plan: FaultPlan
  /** How many statements arrived, including those that got a fault. */
  readonly statements: number
  /** How many connections are open. */
  readonly connections: number
  /** Delay every chunk, in both directions. */
  delay(ms: number): void
  /** Let nothing pass until `resume`; connections stay open. */
  stall(): void
  resume(): void
  /** Reset every connection. */
  cut(): void
  /** Stop listening; open connections stay. */
  refuse(): void
  accept(): Promise<void>
  /** `refuse` and `cut`, as when the host dies. */
  kill(): void
  /** Refuse new connections with this SQLSTATE; `null` accepts them again. */
  turnAway(sqlstate: string | null): void
  /** Shut down gracefully, as a server does: 57P01 to every connection between two statements, and to new ones. */
  drain(): void
  undrain(): void
  close(): void
}

/** Start a proxy on a free port of `host`. It does not support TLS. */
export const startFaultProxy = async (
  target: { host: string; port: number },
  host = '127.0.0.1',
): Promise<FaultProxy> => {
  const plan = createFaultPlan()
  const links = new Set<Link>()
  let statements = 0
  let delayMs = 0
  let stalled: Promise<void> | null = null
  let release: () => void = () => undefined
  let refusal: string | null = null
  let draining = false

  const conditions = {
    async passage() {
      if (delayMs > 0) await pause(delayMs)
      while (stalled !== null) await stalled
    },
    get refusal() {
      return draining ? '57P01' : refusal
    },
    get draining() {
      return draining
    },
  }

  const welcome = (client: Socket): void => {
    const link: Link = createLink(client, target, {
      plan,
      conditions,
      onStatement: () => {
        statements += 1
      },
      onEnd: () => links.delete(link),
    })
    links.add(link)
  }

  let server = createServer(welcome).listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const cut = (): void => {
    for (const link of [...links]) link.cut()
  }
  const refuse = (): void => {
    // Stops listening at once and does not wait for open connections.
    if (server.listening) server.close()
  }
  const resume = (): void => {
    stalled = null
    release()
  }

  return {
    port,
    plan,
    get statements() {
      return statements
    },
    get connections() {
      return links.size
    },
    delay(ms) {
      delayMs = ms
    },
    stall() {
      stalled ??= new Promise((resolve) => {
        release = resolve
      })
    },
    resume,
    cut,
    refuse,
    async accept() {
      if (server.listening) return
      server = createServer(welcome).listen(port, host)
      await once(server, 'listening')
    },
    kill() {
      refuse()
      cut()
    },
    turnAway(sqlstate) {
      refusal = sqlstate
    },
    drain() {
      draining = true
      for (const link of [...links]) link.drain()
    },
    undrain() {
      draining = false
    },
    close() {
      resume()
      refuse()
      cut()
    },
  }
}
