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

/** The database, whichever it is. */
export type Storage = {
  readonly store: Store
  /** The time every node of this database goes by. */
  readonly now: Clock
  healthy(): boolean
  /** For `/readyz`: which database, and how much of it answers. */
  describe(): string
  /** For `/readyz`: how this machine's clock compares with the database's; `null` where they are the same. */
  describeClock(): string | null
  /** Write a copy to a file; refused where copies are the database's own business. */
  backup(file: string): Promise<void>
  close(): Promise<void>
}

type Opened = Omit<Storage, 'store'> & { readonly sql: Sql; readonly dialect: Dialect }

const openEmbedded = async (config: Pick<Config, 'DATA_DIR'>, log: Logger): Promise<Opened> => {
  const dataDir = join(config.DATA_DIR, 'db')
  const database = await openPglite({ dataDir, log }).catch((error: unknown) => {
    const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC'
    throw isFull ? new ConfigError(`DATA_DIR: cannot write to ${dataDir}: ${describeFileError(error)}`) : error
  })
  const describe = (): string => (database.healthy() ? 'pglite' : 'pglite: not answering')
  return { ...database, dialect: 'postgres', now: Date.now, describe, describeClock: () => null }
}

/** What the parser of `DATABASE_URL` could not see: files it names that are not there. */
const asConfigError = (error: unknown): never => {
  throw error instanceof ConnectionUrlError ? new ConfigError(error.message) : error
}

const openServer = async (url: string, log: Logger, metrics: Metrics): Promise<Opened> => {
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

/** Open the database the configuration names and bring it up to date. */
export const openStorage = async (
  config: Pick<Config, 'DATA_DIR' | 'DATABASE_URL'>,
  log: Logger,
  metrics: Metrics,
): Promise<Storage> => {
  const { sql, dialect, ...opened } =
    config.DATABASE_URL === '' ? await openEmbedded(config, log) : await openServer(config.DATABASE_URL, log, metrics)
  try {
    await migrate(sql, { log, now: opened.now, dialect })
    const stopExpiry = dialect === 'cockroach' ? () => undefined : startExpiry(sql, { log, now: opened.now })
    return {
      ...opened,
      store: createStore(sql, { dialect, now: steadyClock }),
      close: () => {
        stopExpiry()
        return opened.close()
      },
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}
