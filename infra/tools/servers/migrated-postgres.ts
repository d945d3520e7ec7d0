import { newId } from '@repartee/sdk/protocol'
import { migrate, schemaChecksum } from '@repartee/service/postgres/migrate'
import { openPostgres } from '@repartee/service/postgres/pool/open-postgres'
import { noMetrics } from '@repartee/service/testing/no-metrics'
import { silent } from '@repartee/service/testing/silent'
import pg from 'pg'
import { findPostgres } from './find-program.ts'
import { makeOnce } from './make-once.ts'
import { copyData, freshData, makePostgresFolder, sharedDataPath } from './postgres-data.ts'
import { type Postgres, type PostgresOptions, startPostgres } from './start-postgres.ts'

/** Gives each test file or test its own database on one server. */
export type Databases = {
  readonly host: string
  readonly port: number
  /** A new database with the schema of this build; resolves with its URL. */
  createDatabase(): Promise<string>
  /** A new, empty database; resolves with its URL. */
  createEmptyDatabase(): Promise<string>
}

export type MigratedPostgres = Postgres & Databases

const TEMPLATE = 'migrated'

const administer = async (url: string, statement: string): Promise<void> => {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Databases on a server that `startMigratedPostgres` has started in any process, by its URL. */
export const databasesOn = (url: string): Databases => {
  const create = async (template: string): Promise<string> => {
    const name = `t${newId().replaceAll('-', '')}`
    await administer(url, `create database ${name} template ${template}`)
    const created = new URL(url)
    created.pathname = name
    return created.href
  }
  const { hostname, port } = new URL(url)
  return {
    host: hostname,
    port: Number(port),
    createDatabase: () => create(TEMPLATE),
    createEmptyDatabase: () => create('template0'),
  }
}

/** A data folder whose template database has the schema of this build; made once on this machine for each schema. */
const migratedData = async (bin: string): Promise<string> =>
  makeOnce(await sharedDataPath(bin, `schema-${schemaChecksum()}`), async (folder) => {
    const inner = `${folder}/making`
    makePostgresFolder(inner)
    const server = await startPostgres({ folder: inner, from: await freshData(bin) })
    try {
      await administer(server.url, `create database ${TEMPLATE}`)
      const url = server.url.replace(/postgres$/, TEMPLATE)
      const database = await openPostgres({ url, log: silent, metrics: noMetrics, now: Date.now })
      await migrate(database.sql, { log: silent, now: Date.now })
      // Each database made from it gets its own epoch.
      await database.sql.query(`delete from meta where name = 'epoch'`, [])
      await database.close()
    } finally {
      await server.stop()
    }
    await copyData(inner, folder)
  })

/** Start a server that provides databases with the schema of this build; it ends with this process at the latest. */
export const startMigratedPostgres = async (o: Omit<PostgresOptions, 'from'> = {}): Promise<MigratedPostgres> => {
  const bin = findPostgres()
  if (bin === null) throw new Error('PostgreSQL 15 or newer is not installed')
  const server = await startPostgres({ ...o, from: await migratedData(bin) })
  return { ...server, ...databasesOn(server.url) }
}

let shared: Promise<Databases> | undefined

/**
 * The shared server of a test run, for tests that neither stop nor configure it. REPARTEE_TEST_POSTGRES is the URL of a
 * server that the set-up of the run has started. Without it, the first call starts one, which ends with this process.
 */
export const sharedPostgres = (): Promise<Databases> => {
  const url = process.env.REPARTEE_TEST_POSTGRES
  shared ??= url === undefined ? startMigratedPostgres() : Promise.resolve(databasesOn(url))
  return shared
}
