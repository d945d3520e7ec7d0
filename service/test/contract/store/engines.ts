import { openPglite } from '../../../src/adapters/pglite/open.ts'
import { migrate } from '../../../src/adapters/postgres/migrate.ts'
import type { Sql } from '../../../src/adapters/postgres/sql.ts'
import { createStore } from '../../../src/adapters/postgres/store.ts'
import type { Store } from '../../../src/core/ports.ts'
import { preparedSeed } from '../../store/prepared-seed.ts'
import { silent } from '../../store/silent.ts'

export type OpenStore = { readonly store: Store; readonly sql: Sql; close(): Promise<void> }
type Engine = { readonly name: string; open(): Promise<{ readonly sql: Sql; close(): Promise<void> }> }

const pglite: Engine = {
  name: 'PGlite in memory',
  open: async () => openPglite({ dataDir: null, seed: await preparedSeed(), log: silent }),
}

/** Every database the store runs on; each gets the whole suite. */
export const engines: readonly Engine[] = [pglite]

export const openStore = async (engine: Engine): Promise<OpenStore> => {
  const { sql, close } = await engine.open()
  await migrate(sql, { log: silent, now: Date.now })
  return { store: createStore(sql), sql, close }
}
