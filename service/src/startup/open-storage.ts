import { join } from 'node:path'
import { ReparteeError } from '@repartee/sdk/protocol'
import { openPglite } from '../adapters/pglite/open-pglite.ts'
import { createStore } from '../adapters/postgres/create-store.ts'
import type { Dialect } from '../adapters/postgres/dialect.ts'
import { startExpiry } from '../adapters/postgres/expiry.ts'
import { migrate } from '../adapters/postgres/migrate.ts'
import { ConnectionUrlError } from '../adapters/postgres/pool/connection-url.ts'
import { openPostgres } from '../adapters/postgres/pool/open-postgres.ts'
import { serverTime } from '../adapters/postgres/server-time.ts'
import type { Sql } from '../adapters/postgres/sql.ts'
import { createSharedClock } from '../adapters/shared-clock.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Store } from '../core/ports/store.ts'
import { type Config, ConfigError } from './config.ts'
import { describeFileError } from './file-error.ts'
import { steadyClock } from './steady-clock.ts'

/** An open database, embedded or a server. */
export type Storage = {
  readonly store: Store
  /** The time that all nodes of this database share. */
  readonly now: Clock
  healthy(): boolean
  /** For `/readyz`: the kind of database and how many of its hosts are available. */
  describe(): string
  /** For `/readyz`: this machine's clock compared with the database's; `null` for an embedded database. */
  describeClock(): string | null
  /** Write a copy to a file; rejects for a database server, which has its own tools. */
  backup(file: string): Promise<void>
  close(): Promise<void>
}

type OpenDatabase = Omit<Storage, 'store'> & { readonly sql: Sql; readonly dialect: Dialect }

const openEmbedded = async (config: Pick<Config, 'DATA_DIR'>, log: Logger): Promise<OpenDatabase> => {
  const dataDir = join(config.DATA_DIR, 'db')
  const database = await openPglite({ dataDir, log }).catch((error: unknown) => {
    const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC'
    throw isFull ? new ConfigError(`DATA_DIR: cannot write to ${dataDir}: ${describeFileError(error)}`) : error
  })
  const describe = (): string => (database.healthy() ? 'pglite' : 'pglite: not answering')
  return { ...database, dialect: 'postgres', now: Date.now, describe, describeClock: () => null }
}

/** Report files named in `DATABASE_URL` that do not exist, which its parser does not check. */
const asConfigError = (error: unknown): never => {
  throw error instanceof ConnectionUrlError ? new ConfigError(error.message) : error
}

const openServer = async (url: string, log: Logger, metrics: Metrics): Promise<OpenDatabase> => {
  const database = await openPostgres({ url, log, metrics, now: steadyClock }).catch(asConfigError)
  const ask = (): Promise<number> => serverTime(database.sql)
  const clock = createSharedClock({ ask, machine: Date.now, steady: steadyClock, log, metrics })
  await clock.measure()
  const describe = (): string => {
    const states = database.states()
    const up = states.filter(({ state }) => state === 'closed').length
    return `${database.dialect}: ${up} of ${states.length} hosts`
  }
  return {
    ...database,
    now: clock.now,
    describe,
    describeClock: clock.describe,
    close: () => {
      clock.close()
      return database.close()
    },
    backup: () =>
      Promise.reject(new ReparteeError('invalid_request', `back up ${database.dialect} with its own tools`)),
  }
}

/** Open the configured database and migrate it. */
export const openStorage = async (
  config: Pick<Config, 'DATA_DIR' | 'DATABASE_URL'>,
  log: Logger,
  metrics: Metrics,
): Promise<Storage> => {
  const { sql, dialect, ...database } =
    config.DATABASE_URL === '' ? await openEmbedded(config, log) : await openServer(config.DATABASE_URL, log, metrics)
  try {
    await migrate(sql, { log, now: database.now, dialect })
    const stopExpiry = dialect === 'cockroach' ? () => undefined : startExpiry(sql, { log, now: database.now })
    return {
      ...database,
      store: createStore(sql, { dialect, now: steadyClock }),
      close: () => {
        stopExpiry()
        return database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
