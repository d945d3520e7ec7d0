import type { ConnectionOptions } from 'node:tls'
import { ReparteeError } from '@repartee/sdk/protocol'
import pg from 'pg'
import Pool from 'pg-pool'
import type { Clock } from '../../../core/ports/clock.ts'
import type { Logger } from '../../../core/ports/logger.ts'
import type { Metrics } from '../../../core/ports/metrics.ts'
import { classifyFailure, codeOf, type Failure } from '../retry/classify-failure.ts'
import { NotConnectedError } from '../retry/statement-errors.ts'
import type { Statement, StatementHost } from '../retry/statement-host.ts'
import { answerWithin } from './answer-within.ts'
import { createBreaker } from './breaker.ts'
import { ANSWER_MS, CONNECT_MS, clientConfig, type Isolation } from './client-config.ts'
import type { Address, ConnectionUrl } from './connection-url.ts'
import { createStatementNames } from './statement-names.ts'

/** A host for operators; `state` is that of its breaker. */
export type HostState = {
  readonly host: string
  readonly state: 'closed' | 'open'
  readonly active: number
  readonly idle: number
  readonly waiting: number
}

/** One database server: its connections and its breaker. */
export type DatabaseHost = StatementHost & {
  readonly name: string
  state(): HostState
  /** Resolves when running statements have ended and every connection is closed. */
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

/** Statements further back in the queue would not be answered in time. */
const WAITING_PER_CONNECTION = 20
const LIFE_MS = 5 * 60_000

type Connection = pg.Client & pg.PoolClient
type DrainablePool = { readonly pool: Pool<pg.Client>; readonly waiters: Set<(error: Error) => void> }

/** Start with no connection; the first statement opens one. */
export const createHost = (address: Address, o: HostOptions): DatabaseHost => {
  const name = `${address.host}:${address.port}`
  const log = o.log.child({ host: name })
  const config = clientConfig(o.url, address, o)
  const nameOf = createStatementNames()
  const breaker = createBreaker(o.now)
  const expiry = new WeakMap<object, number>()
  let openedAt = 0
  let closed = false
  let running = 0
  let whenIdle: () => void = () => undefined
  let timer: NodeJS.Timeout | undefined

  const createPool = (): DrainablePool => {
    const pool = new Pool<pg.Client>({ ...config, max: o.maxConnections, idleTimeoutMillis: LIFE_MS })
    // Emitted when an idle connection fails; without a listener it would end the process.
    pool.on('error', (error) => {
      const failure = classifyFailure(error)
      log.debug('an idle database connection ended', { cause: failure.cause })
      // A connection of the pool before may end late, when the server is back already.
      if (pool !== current.pool) return
      if (failure.host === 'draining' && breaker.closedByServer()) onOpened('draining', failure)
    })
    pool.on('connect', (client) => {
      // Spread out, so that connections opened together do not expire together.
      expiry.set(client, o.now() + LIFE_MS * (0.9 + 0.2 * Math.random()))
      // A connection in use rejects its statement as well.
      client.on('error', () => undefined)
    })
    return { pool, waiters: new Set() }
  }
  let current = createPool()

  /** Take no more statements, let running ones finish, and reject waiting ones, which are then sent to another host. */
  const drain = ({ pool, waiters }: DrainablePool): Promise<void> => {
    for (const reject of waiters) reject(new NotConnectedError('breaker_open'))
    waiters.clear()
    return pool.end()
  }

  const onOpened = (change: 'opened' | 'draining', { cause, reason }: Failure): void => {
    if (closed) return
    openedAt = o.now()
    o.metrics.count('db_breaker', { host: name, change })
    log.warn('a database host is out of use', { change, cause, reason, retryAfterMs: breaker.waitMs })
    void drain(current)
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
      breaker.probeFailed()
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
    log.info('a database host is back in use')
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
          // Waiting for a free connection and opening a new one time out with the same error.
          const isFull = pool.totalCount >= o.maxConnections && pool.idleCount === 0
          reject(isFull ? new NotConnectedError('checkout', { cause }) : notConnected(cause))
        },
      )
    })
  }

  const send = async <Row>(client: pg.Client, { text, params }: Statement, statementName?: string): Promise<Row[]> => {
    const query = { text, values: [...params], ...(statementName !== undefined && { name: statementName }) }
    return (await client.query<Row & pg.QueryResultRow>(query)).rows
  }

  const runOnce = async <Row>(statement: Statement): Promise<Row[]> => {
    const startedAt = o.now()
    const client = await checkout()
    o.metrics.observe('db_checkout_ms', o.now() - startedAt, { host: name })
    let discard = true
    try {
      const rows = await answerWithin(ANSWER_MS, send<Row>(client, statement, nameOf(statement.text)))
      discard = false
      return rows
    } catch (error) {
      discard = classifyFailure(error).connection === 'discard'
      throw error
    } finally {
      client.release(discard || o.now() > (expiry.get(client) ?? 0))
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
    async runWithoutTimeout<Row>(statement: Statement) {
      // A connection of its own: the time limits belong to the session.
      const client = new pg.Client(clientConfig(o.url, address, { ...o, noTimeout: true }))
      client.on('error', () => undefined)
      try {
        await client.connect().catch((cause: unknown) => {
          throw notConnected(cause)
        })
        return await send<Row>(client, statement)
      } finally {
        client.end().catch(() => undefined)
      }
    },
    report(failure) {
      if (failure === null || failure.host === 'healthy') breaker.succeeded()
      else if (failure.host === 'draining' && breaker.closedByServer()) onOpened('draining', failure)
      else if (isDown(failure) && breaker.failed()) onOpened('opened', failure)
    },
    async close() {
      closed = true
      clearTimeout(timer)
      // Statements that wait for a connection count as running; each has its time limits.
      if (running > 0)
        await new Promise<void>((resolve) => {
          whenIdle = resolve
        })
      if (!current.pool.ending) await drain(current)
    },
  }
}

const isDown = ({ host }: Failure): boolean => host === 'down' || host === 'misconfigured'

const notConnected = (cause: unknown): NotConnectedError => new NotConnectedError(codeOf(cause) || 'connect', { cause })
