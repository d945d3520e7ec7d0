import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../../../core/ports/clock.ts'
import type { Logger } from '../../../core/ports/logger.ts'
import type { Metrics } from '../../../core/ports/metrics.ts'
import type { Dialect } from '../dialect.ts'
import { classifyFailure } from '../retry/classify-failure.ts'
import { createRetryBudget } from '../retry/retry-budget.ts'
import { createRetryingSql } from '../retry/retrying-sql.ts'
import { NotConnectedError } from '../retry/statement-errors.ts'
import type { Sql } from '../sql.ts'
import type { Isolation } from './client-config.ts'
import { parseConnectionUrl } from './connection-url.ts'
import { createHost, type DatabaseHost, type HostState } from './database-host.ts'
import { readTlsOptions } from './tls-options.ts'

/** A database reached over the network. */
export type PostgresHandle = {
  readonly sql: Sql
  readonly dialect: Dialect
  /** Whether the breaker of at least one host is closed. */
  healthy(): boolean
  /** The current state of every host. */
  states(): readonly HostState[]
  /** Let running statements finish, then close every connection. */
  close(): Promise<void>
}

type Options = {
  /** Several hosts may be named, separated by commas; see `parseConnectionUrl`. */
  readonly url: string
  readonly log: Logger
  readonly metrics: Metrics
  readonly now: Clock
  /** Connections to each host. */
  readonly maxConnections?: number
  /** Isolation level of every session; by default the server decides. */
  readonly isolation?: Isolation
  /** Retries within 10 s that are allowed at any load. */
  readonly retryReserve?: number
  /** How long the database may take to come up. */
  readonly startWithinMs?: number
}

const MAX_CONNECTIONS = 10
const START_WITHIN_MS = 30_000
const START_PAUSE_MS = 500
const GAUGE_MS = 1_000

/** A mistake that waiting does not fix. */
const isMisconfigured = (error: unknown): boolean => classifyFailure(error).host === 'misconfigured'

const detect = async (hosts: readonly DatabaseHost[]): Promise<Dialect> => {
  const failures: unknown[] = []
  for (const host of hosts) {
    try {
      const rows = await host.runWithoutTimeout<{ version: string }>({
        text: 'select version() as version',
        params: [],
      })
      return rows[0]?.version.includes('CockroachDB') === true ? 'cockroach' : 'postgres'
    } catch (error) {
      failures.push(error)
    }
  }
  throw failures.find(isMisconfigured) ?? failures[0]
}

/** Wait for the first host that answers; fails at once on a mistake such as a wrong password. */
const awaitDatabase = async (hosts: readonly DatabaseHost[], o: Options): Promise<Dialect> => {
  const startedAt = o.now()
  for (let logged = false; ; logged = true) {
    try {
      return await detect(hosts)
    } catch (error) {
      const over = o.now() - startedAt >= (o.startWithinMs ?? START_WITHIN_MS)
      const { cause } = error instanceof NotConnectedError ? error : { cause: error }
      const why = cause instanceof Error ? cause.message : String(cause)
      if (over || isMisconfigured(error)) throw new Error(`cannot reach the database: ${why}`, { cause: error })
      if (!logged) o.log.warn('waiting for the database', { hosts: hosts.map((host) => host.name), why })
    }
    await pause(START_PAUSE_MS)
  }
}

const report = (hosts: readonly DatabaseHost[], metrics: Metrics): void => {
  const states = hosts.map((host) => host.state())
  for (const { host, state, active, idle, waiting } of states) {
    metrics.gauge('db_host_up', state === 'closed' ? 1 : 0, { host })
    for (const [name, value] of Object.entries({ active, idle, waiting }))
      metrics.gauge('db_connections', value, { host, state: name })
  }
  metrics.gauge(
    'db_queue',
    states.reduce((sum, state) => sum + state.waiting, 0),
  )
}

/**
 * Open PostgreSQL or CockroachDB: one pool of connections per host, with statements spread over those that answer.
 * Resolves once the database has answered; rejects when the URL is wrong or nothing answers in time.
 */
export const openPostgres = async (o: Options): Promise<PostgresHandle> => {
  const url = parseConnectionUrl(o.url)
  const ssl = await readTlsOptions(url)
  const { log, metrics, now, isolation, maxConnections = MAX_CONNECTIONS } = o
  const hosts = url.addresses.map((address) =>
    createHost(address, { url, ssl, isolation, maxConnections, log, metrics, now }),
  )
  const closeAll = async (): Promise<void> => {
    await Promise.all(hosts.map((host) => host.close()))
  }
  try {
    const dialect = await awaitDatabase(hosts, o)
    let closing: Promise<void> | undefined
    report(hosts, metrics)
    const timer = setInterval(() => report(hosts, metrics), GAUGE_MS)
    timer.unref()
    return {
      sql: createRetryingSql({
        hosts,
        budget: createRetryBudget({ now, reserve: o.retryReserve }),
        onRetry: (cause) => metrics.count('db_retries', { cause }),
        now,
      }),
      dialect,
      healthy: () => hosts.some((host) => !host.isOpen),
      states: () => hosts.map((host) => host.state()),
      close: () => {
        clearInterval(timer)
        closing ??= closeAll()
        return closing
      },
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}
