import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { openPglite } from '../../../src/adapters/pglite/open-pglite.ts'
import { createStore } from '../../../src/adapters/postgres/create-store.ts'
import type { Dialect } from '../../../src/adapters/postgres/dialect.ts'
import { migrate } from '../../../src/adapters/postgres/migrate.ts'
import type { Isolation } from '../../../src/adapters/postgres/pool/client-config.ts'
import { openPostgres } from '../../../src/adapters/postgres/pool/open-postgres.ts'
import type { Sql } from '../../../src/adapters/postgres/sql.ts'
import type { Store } from '../../../src/core/ports/store.ts'
import { noMetrics } from '../../../testing/no-metrics.ts'
import { silent } from '../../../testing/silent.ts'
import { preparedSeed } from '../../store/prepared-seed.ts'
import { losingAnswers } from './lost-answers.ts'

export type OpenStore = { readonly store: Store; readonly sql: Sql; close(): Promise<void> }
type Engine = {
  readonly name: string
  /** Whether answers get lost, so that a change may be reported under a later seq than its own. */
  readonly losesAnswers?: true
  open(): Promise<{ readonly sql: Sql; readonly dialect?: Dialect; close(): Promise<void> }>
}

const pglite: Engine = {
  name: 'PGlite in memory',
  open: async () => openPglite({ dataDir: null, seed: await preparedSeed(), log: silent }),
}

/** Every write is sent twice, as after a connection lost between commit and answer. */
const lossy = (engine: Engine): Engine => ({
  name: `${engine.name}, losing answers`,
  losesAnswers: true,
  open: async () => {
    const opened = await engine.open()
    return { ...opened, sql: losingAnswers(opened.sql) }
  },
})

const postgres = (isolation: Isolation): Engine => ({
  name: `PostgreSQL 15, ${isolation}`,
  open: async () => openUrl(await (await sharedPostgres()).createDatabase(), isolation),
})

/** A real cluster, if there is one: `COCKROACH_URL` names a database that the suite may fill. */
const cockroach = (url: string): Engine => ({ name: 'CockroachDB', open: () => openUrl(url) })

// The suite has many concurrent writers on one thread, not grouped by a node, so most statements are retried.
const openUrl = (url: string, isolation?: Isolation) =>
  openPostgres({
    url,
    log: silent,
    metrics: noMetrics,
    now: Date.now,
    retryReserve: 100_000,
    ...(isolation !== undefined && { isolation }),
  })

const onPostgres: readonly Engine[] = !installed('postgres')
  ? [lossy(pglite)]
  : [postgres('read committed'), postgres('serializable'), lossy(postgres('read committed'))]

const cockroachUrl = process.env.COCKROACH_URL

/** Every database the store runs on. The whole suite runs on each. */
export const engines: readonly Engine[] = [
  pglite,
  ...onPostgres,
  ...(cockroachUrl === undefined ? [] : [cockroach(cockroachUrl)]),
]

export const openStore = async (engine: Engine): Promise<OpenStore> => {
  const { sql, dialect = 'postgres', close } = await engine.open()
  await migrate(sql, { log: silent, now: Date.now, dialect })
  return { store: createStore(sql, { dialect }), sql, close }
}
