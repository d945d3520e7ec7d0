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

/** Gives every test file, or every test, a database of its own on one server. */
export type Databases = {
  readonly host: string
  readonly port: number
  /** A new database with the schema of this build; resolves with its URL. */
  createDatabase(): Promise<string>
  /** A new database with nothing in it; resolves with its URL. */
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

/** Databases on a server that `startMigratedPostgres` started, in this process or another, by its URL. */
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

/** A data folder with the schema of this build in a template: made once on this machine for each schema. */
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
      // Each database made from it gets an epoch of its own.
      await database.sql.query(`delete from meta where name = 'epoch'`, [])
      await database.close()
    } finally {
      await server.stop()
    }
    await copyData(inner, folder)
  })

/** Start a server that makes databases with the schema of this build; it ends with this process at the latest. */
export const startMigratedPostgres = async (o: Omit<PostgresOptions, 'from'> = {}): Promise<MigratedPostgres> => {
  const bin = findPostgres()
  if (bin === null) throw new Error('PostgreSQL 15 or newer is not installed')
  const server = await startPostgres({ ...o, from: await migratedData(bin) })
  return { ...server, ...databasesOn(server.url) }
}

let shared: Promise<Databases> | undefined

/**
 * The one server of a test run. Where REPARTEE_TEST_POSTGRES has the URL of a server that the run's set-up started, it is
 * that one; otherwise one is started for this process, at the first call, and ends with it.
 */
export const sharedPostgres = (): Promise<Databases> => {
  const url = process.env.REPARTEE_TEST_POSTGRES
  shared ??= url === undefined ? startMigratedPostgres() : Promise.resolve(databasesOn(url))
  return shared
}
