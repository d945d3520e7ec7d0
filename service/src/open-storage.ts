import { join } from 'node:path'
import { RepError } from '@repartee/sdk/protocol'
import { openPglite } from './adapters/pglite/open.ts'
import { migrate } from './adapters/postgres/migrate.ts'
import { openPostgres } from './adapters/postgres/pool/open.ts'
import type { Sql } from './adapters/postgres/sql.ts'
import { createStore } from './adapters/postgres/store.ts'
import type { Config } from './config.ts'
import type { Logger, Metrics, Store } from './core/ports.ts'

/** The database, whichever it is. */
export type Storage = {
  readonly store: Store
  healthy(): boolean
  /** For `/readyz`: which database, and how much of it answers. */
  describe(): string
  /** Write a copy to a file; refused where copies are the database's own business. */
  backup(file: string): Promise<void>
  close(): Promise<void>
}

type Opened = Omit<Storage, 'store'> & { readonly sql: Sql }

const openEmbedded = async (config: Pick<Config, 'DATA_DIR'>, log: Logger): Promise<Opened> => {
  const database = await openPglite({ dataDir: join(config.DATA_DIR, 'db'), log })
  return { ...database, describe: () => (database.healthy() ? 'pglite' : 'pglite: not answering') }
}

const openServer = async (url: string, log: Logger, metrics: Metrics): Promise<Opened> => {
  const database = await openPostgres({ url, log, metrics, now: Date.now })
  const describe = (): string => {
    const states = database.states()
    const up = states.filter(({ state }) => state === 'closed').length
    return `${database.dialect}: ${up} of ${states.length} hosts`
  }
  return {
    ...database,
    describe,
    backup: () => Promise.reject(new RepError('invalid_request', `back up ${database.dialect} with its own tools`)),
  }
}

/** Open the database the configuration names and bring it up to date. */
export const openStorage = async (
  config: Pick<Config, 'DATA_DIR' | 'DATABASE_URL'>,
  log: Logger,
  metrics: Metrics,
): Promise<Storage> => {
  const { sql, ...opened } =
    config.DATABASE_URL === '' ? await openEmbedded(config, log) : await openServer(config.DATABASE_URL, log, metrics)
  try {
    await migrate(sql, { log, now: Date.now })
    return { ...opened, store: createStore(sql) }
  } catch (error) {
    await opened.close()
    throw error
  }
}
