import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { findPostgres } from './find-program.ts'
import { freePort } from './free-port.ts'
import { copyData, freshData, makePostgresFolder, postgresAccount } from './postgres-data.ts'
import { makeServerFolder } from './server-folder.ts'
import { type ServerProcess, supervise } from './server-process.ts'

export type PostgresOptions = {
  /** Where its data, socket and log go; by default a temporary folder that `stop` removes. */
  readonly folder?: string
  /** A folder with the `data` to start from; by default that of a fresh server. */
  readonly from?: string
  /** Survive crashes without losing commits, as in production. By default nothing is synced. */
  readonly durable?: boolean
  /** Require a password over TCP. By default every user of this machine is trusted. */
  readonly password?: boolean
  /** Further settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string | number>>
}

/** A PostgreSQL on 127.0.0.1. */
export type Postgres = {
  readonly host: string
  readonly port: number
  /** URL of the database `postgres`, as the superuser. */
  readonly url: string
  readonly process: ServerProcess
  /** Disconnect clients, stop it, and remove a temporary folder. */
  stop(): Promise<void>
}

const BASE = { listen_addresses: '127.0.0.1', max_connections: 200 }
const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', shared_buffers: '128MB' }
const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
  autovacuum: 'off',
}

/** Whether it accepts connections. A refused login is an acceptance too: `hba_file` may be another. */
const takesConnections = async (folder: string, port: number): Promise<boolean> => {
  const client = new pg.Client({ host: folder, port, user: 'postgres', database: 'postgres' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return true
  } catch (error) {
    const { code } = error as { code?: string }
    return code !== undefined && /^28/.test(code)
  }
}

const setPassword = async (folder: string, port: number): Promise<string> => {
  const password = randomBytes(18).toString('hex')
  const client = new pg.Client({ host: folder, port, user: 'postgres', database: 'postgres' })
  await client.connect()
  await client.query(`alter role postgres password '${password}'`)
  await client.end()
  return password
}

/** Start a server on a free port; it ends with this process at the latest. Throws where PostgreSQL is not installed. */
export const startPostgres = async (o: PostgresOptions = {}): Promise<Postgres> => {
  const bin = findPostgres()
  if (bin === null) throw new Error('PostgreSQL 15 or newer is not installed')
  const temporary = o.folder === undefined ? makeServerFolder('postgres') : null
  const folder = o.folder ?? join(temporary?.path ?? '', 'postgres')
  makePostgresFolder(folder)
  await copyData(o.from ?? (await freshData(bin)), folder)
  const data = join(folder, 'data')
  writeFileSync(
    join(data, 'pg_hba.conf'),
    `local all all trust\nhost all all 127.0.0.1/32 ${o.password === true ? 'scram-sha-256' : 'trust'}\n`,
  )
  const port = await freePort()
  const settings = {
    ...BASE,
    ...(o.durable === true ? DURABLE : FAST),
    port,
    unix_socket_directories: folder,
    ...o.settings,
  }
  const process = supervise({
    name: 'PostgreSQL',
    command: join(bin, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    account: postgresAccount(),
    logFile: join(folder, 'log'),
    // Disconnects clients; SIGTERM would wait for them.
    stopSignal: 'SIGINT',
    ready: () => takesConnections(folder, port),
  })
  const stop = async (): Promise<void> => {
    await process.stop(temporary === null ? 'SIGINT' : 'SIGQUIT')
    temporary?.remove()
  }
  try {
    await process.start()
    const secret = o.password === true ? `:${await setPassword(folder, port)}` : ''
    return { host: '127.0.0.1', port, url: `postgres://postgres${secret}@127.0.0.1:${port}/postgres`, process, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
