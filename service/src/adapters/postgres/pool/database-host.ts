import type { ConnectionOptions } from 'node:tls'
import { ReparteeError } from '@repartee/sdk/protocol'
import pg from 'pg'
import Pool from 'pg-pool'
import type { Clock } from '../../../core/ports/clock.ts'
import type { Logger } from '../../../core/ports/logger.ts'
import type { Metrics } from '../../../core/ports/metrics.ts'
import { answerWithin } from './answer-within.ts'
import { createBreaker } from './breaker.ts'
import { ANSWER_MS, CONNECT_MS, clientConfig, type Isolation } from './client-config.ts'
import type { Address, ConnectionUrl } from './connection-url.ts'
import { type Failure, judge, NotConnected } from './failure.ts'

export type Statement = {
  readonly text: string
  readonly params: readonly unknown[]
  readonly name?: string | undefined
}

/** A host as an operator wants to see it. */
export type HostState = {
  readonly host: string
  readonly state: 'closed' | 'open'
  readonly active: number
  readonly idle: number
  readonly waiting: number
}

/** One database server: its connections, and whether it is asked. */
export type Host = {
  readonly name: string
  readonly isOpen: boolean
  /** Until it is tried again; only while open. */
  readonly retryAfterMs: number
  /** Statements it has to do: running and waiting. */
  readonly load: number
  state(): HostState
  /** One attempt. Rejects with what the database said, `NotConnected`, `NoAnswer`, or `unavailable` when too many wait. */
  run<Row>(statement: Statement): Promise<Row[]>
  /** As `run`, over a connection of its own and without a time limit. */
  runPatiently<Row>(statement: Statement): Promise<Row[]>
  /** Count the outcome of an attempt; `null` is success. */
  report(failure: Failure | null): void
  close(): Promise<void>
}

export type HostOptions = {
  readonly url: ConnectionUrl
  readonly ssl: ConnectionOptions | false
  readonly isolation?: Isolation | undefined
  /** Connections to each host. */
  readonly maxConnections: number
  readonly log: Logger
  readonly metrics: Metrics
  readonly now: Clock
}

/** Behind these there is no hope for an answer in time. */
const WAITING_PER_CONNECTION = 20
const LIFE_MS = 5 * 60_000

type Connection = pg.Client & pg.PoolClient
type Retirable = { readonly pool: Pool<pg.Client>; readonly waiters: Set<(error: Error) => void> }

/** Start with no connection; the first statement makes one. */
export const createHost = (address: Address, o: HostOptions): Host => {
  const name = `${address.host}:${address.port}`
  const log = o.log.child({ host: name })
  const config = clientConfig(o.url, address, o)
  const breaker = createBreaker(o.now)
  const expiry = new WeakMap<object, number>()
  let openedAt = 0
  let closed = false
  let running = 0
  let whenIdle: () => void = () => undefined
  let timer: NodeJS.Timeout | undefined

  const createPool = (): Retirable => {
    const pool = new Pool<pg.Client>({ ...config, max: o.maxConnections, idleTimeoutMillis: LIFE_MS })
    // Idle connections fail by themselves; without a listener that would end the process.
    pool.on('error', (error) => {
      const { cause, host } = judge(error)
      log.debug('an idle database connection ended', { cause })
      if (host === 'leaving' && breaker.leave()) takeOut('leaving', cause)
    })
    pool.on('connect', (client) => {
      // So that those opened together do not expire together.
      expiry.set(client, o.now() + LIFE_MS * (0.9 + 0.2 * Math.random()))
      // One that is in use tells its failure to the statement as well.
      client.on('error', () => undefined)
    })
    return { pool, waiters: new Set() }
  }
  let current = createPool()

  /** No new statement gets in; running ones end; those waiting go elsewhere. */
  const retire = ({ pool, waiters }: Retirable): Promise<void> => {
    for (const reject of waiters) reject(new NotConnected('taken out'))
    waiters.clear()
    return pool.end()
  }

  const takeOut = (change: 'opened' | 'leaving', cause: string): void => {
    if (closed) return
    openedAt = o.now()
    o.metrics.count('db_breaker', { host: name, change })
    log.warn('a database host is taken out', { change, cause, retryAfterMs: breaker.waitMs })
    void retire(current)
    scheduleProbe()
  }

  const scheduleProbe = (): void => {
    timer = setTimeout(() => void probe(), breaker.waitMs * (0.9 + 0.2 * Math.random()))
    timer.unref()
  }

  const probe = async (): Promise<void> => {
    const client = new pg.Client(config)
    client.on('error', () => undefined)
    try {
      await answerWithin(
        2 * CONNECT_MS,
        client.connect().then(() => client.query('select 1')),
      )
    } catch {
      breaker.missed()
      openedAt = o.now()
      if (!closed) scheduleProbe()
      return
    } finally {
      client.end().catch(() => undefined)
    }
    if (closed) return
    current = createPool()
    breaker.close()
    o.metrics.count('db_breaker', { host: name, change: 'closed' })
    log.info('a database host is back')
  }

  const checkout = (): Promise<Connection> => {
    const { pool, waiters } = current
    if (pool.waitingCount >= o.maxConnections * WAITING_PER_CONNECTION)
      throw new ReparteeError('unavailable', 'too many statements wait for the database', { retryAfterMs: 1_000 })
    return new Promise((resolve, reject) => {
      waiters.add(reject)
      pool.connect().then(
        (client) => (waiters.delete(reject) ? resolve(client) : client.release()),
        (cause: unknown) => {
          waiters.delete(reject)
          // What waits for a free connection and what waits for a new one time out alike.
          const isFull = pool.totalCount >= o.maxConnections && pool.idleCount === 0
          reject(new NotConnected(isFull ? 'all in use' : 'unreachable', { cause }))
        },
      )
    })
  }

  const send = async <Row>(client: pg.Client, { text, params, name }: Statement): Promise<Row[]> =>
    (await client.query<Row & pg.QueryResultRow>({ text, values: [...params], ...(name !== undefined && { name }) }))
      .rows

  const runOnce = async <Row>(statement: Statement): Promise<Row[]> => {
    const startedAt = o.now()
    const client = await checkout()
    o.metrics.observe('db_checkout_ms', o.now() - startedAt, { host: name })
    let kill = true
    try {
      const rows = await answerWithin(ANSWER_MS, send<Row>(client, statement))
      kill = false
      return rows
    } catch (error) {
      kill = judge(error).kill
      throw error
    } finally {
      client.release(kill || o.now() > (expiry.get(client) ?? 0))
    }
  }

  return {
    name,
    get isOpen() {
      return breaker.isOpen || closed
    },
    get retryAfterMs() {
      return Math.max(100, openedAt + breaker.waitMs - o.now())
    },
    get load() {
      const { totalCount, idleCount, waitingCount } = current.pool
      return totalCount - idleCount + waitingCount
    },
    state() {
      const { totalCount, idleCount, waitingCount } = current.pool
      const state = breaker.isOpen ? 'open' : 'closed'
      return { host: name, state, active: totalCount - idleCount, idle: idleCount, waiting: waitingCount }
    },
    async run<Row>(statement: Statement) {
      running += 1
      try {
        return await runOnce<Row>(statement)
      } finally {
        running -= 1
        if (running === 0) whenIdle()
      }
    },
    async runPatiently<Row>(statement: Statement) {
      const client = new pg.Client(clientConfig(o.url, address, { ...o, patient: true }))
      client.on('error', () => undefined)
      try {
        await client.connect().catch((cause: unknown) => {
          throw new NotConnected('unreachable', { cause })
        })
        return await send<Row>(client, { ...statement, name: undefined })
      } finally {
        client.end().catch(() => undefined)
      }
    },
    report(failure) {
      if (failure === null || failure.host === 'fine') breaker.succeeded()
      else if (failure.host === 'leaving' && breaker.leave()) takeOut('leaving', failure.cause)
      else if (failure.host === 'down' && breaker.failed()) takeOut('opened', failure.cause)
    },
    async close() {
      closed = true
      clearTimeout(timer)
      // Those that wait for a connection run as well; each has its time limits.
      if (running > 0)
        await new Promise<void>((resolve) => {
          whenIdle = resolve
        })
      if (!current.pool.ending) await retire(current)
    },
  }
}
