import { join } from 'node:path'
import { openPglite, type PgliteHandle } from './adapters/pglite/open.ts'
import { migrate } from './adapters/postgres/migrate.ts'
import { createStore } from './adapters/postgres/store.ts'
import type { Config } from './config.ts'
import type { Logger, Store } from './core/ports.ts'

export type Storage = { readonly store: Store; readonly database: PgliteHandle }

/** Open the database and bring it up to date. */
export const openStorage = async (config: Pick<Config, 'DATA_DIR'>, log: Logger): Promise<Storage> => {
  const database = await openPglite({ dataDir: join(config.DATA_DIR, 'db'), log })
  try {
    await migrate(database.sql, { log, now: Date.now })
    return { database, store: createStore(database.sql) }
  } catch (error) {
    await database.close()
    throw error
  }
}
