import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '@repartee/sdk/protocol'
import { migrate, schemaChecksum } from '@repartee/service/postgres/migrate'
import { openPostgres } from '@repartee/service/postgres/pool/open-postgres'
import { noMetrics } from '@repartee/service/testing/no-metrics'
import { silent } from '@repartee/service/testing/silent'
import pg from 'pg'
import { freePort } from './free-port.ts'

const MAJOR = 15
const TEMPLATE = 'migrated'

/** A PostgreSQL server of this process alone, without durability. */
export type Cluster = {
  readonly port: number
  readonly host: string
  /** A new database with the schema of this build; returns its URL. */
  createDatabase(): Promise<string>
  /** A new database with nothing in it; returns its URL. */
  createEmptyDatabase(): Promise<string>
  stop(): Promise<void>
}

const folders = ['/usr/lib/postgresql', '/usr/local/opt', '/opt/homebrew/opt']

/** Where PostgreSQL 15's programs are; `null` where it is not installed. */
export const findBinaries = (): string | null => {
  const places = [
    join(folders[0] ?? '', `${MAJOR}`, 'bin'),
    ...folders.map((in_) => join(in_, `postgresql@${MAJOR}`, 'bin')),
  ]
  const found = places.find((place) => existsSync(join(place, 'initdb')))
  if (found === undefined) console.warn(`skipped: PostgreSQL ${MAJOR} is not installed`)
  return found ?? null
}

/** PostgreSQL refuses to run as root; its package brings a user for it. */
const owner = (): { uid: number; gid: number } | Record<string, never> => {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'repartee-pg-'))
  const { uid, gid } = owner()
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  return folder
}

const settings = (port: number, folder: string): string[] =>
  [
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    'listen_addresses=127.0.0.1',
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'shared_buffers=64MB',
    'max_connections=200',
    'autovacuum=off',
  ].flatMap((setting) => ['-c', setting])

/** Ends the server and removes its folder when this process ends, however it does: its end of the pipe closes. */
const KEEPER = `
  "$@" >"$FOLDER/log" 2>&1 & server=$!
  cat >/dev/null
  kill -INT $server 2>/dev/null
  wait $server
  test -n "$REMOVE" && rm -rf "$FOLDER"
`

const start = async (bin: string, folder: string, o: { remove: boolean; extra?: readonly string[] }) => {
  const port = await freePort()
  const args = [join(bin, 'postgres'), '-D', join(folder, 'data'), ...settings(port, folder), ...(o.extra ?? [])]
  const keeper = spawn('sh', ['-c', KEEPER, 'keeper', ...args], {
    ...owner(),
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, FOLDER: folder, REMOVE: o.remove ? 'yes' : '' },
    detached: true,
  })
  keeper.unref()
  const ended = once(keeper, 'exit')
  for (const startedAt = Date.now(); ; ) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', password: '' })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.end()
      break
    } catch (error) {
      if (Date.now() - startedAt > 30_000) throw error
      await pause(50)
    }
  }
  return {
    port,
    stop: async () => {
      keeper.stdin?.end()
      await ended
    },
  }
}

const administer = async (port: number, ...statements: string[]): Promise<void> => {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres', password: '' })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

/** An initialised folder with a migrated template in it, made once for all test runs of this schema. */
const prepared = async (bin: string): Promise<string> => {
  const ready = join(tmpdir(), `repartee-test-cluster-${MAJOR}-${schemaChecksum()}`)
  const making = `${ready}.making`
  for (const startedAt = Date.now(); !existsSync(ready); ) {
    try {
      mkdirSync(making)
    } catch {
      // Another test process makes it; one that was killed is waited for once.
      if (Date.now() - startedAt > 45_000) rmdirSync(making)
      await pause(100)
      continue
    }
    try {
      if (!existsSync(ready)) await prepare(bin, ready)
    } finally {
      rmdirSync(making)
    }
  }
  return ready
}

const prepare = async (bin: string, ready: string): Promise<void> => {
  const folder = newFolder()
  const initdb = ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N']
  execFileSync(join(bin, 'initdb'), initdb, { ...owner(), stdio: 'ignore' })
  const server = await start(bin, folder, { remove: false })
  await administer(server.port, `create database ${TEMPLATE}`)
  const url = `postgres://postgres@127.0.0.1:${server.port}/${TEMPLATE}`
  const database = await openPostgres({ url, log: silent, metrics: noMetrics, now: Date.now })
  await migrate(database.sql, { log: silent, now: Date.now })
  // Each database made from it gets an epoch of its own.
  await database.sql.query(`delete from meta where name = 'epoch'`, [])
  await database.close()
  await server.stop()
  renameSync(folder, ready)
}

/** Start a server; it ends with this process at the latest. `extra` are more arguments for it. */
export const startCluster = async (bin: string, extra: readonly string[] = []): Promise<Cluster> => {
  const template = await prepared(bin)
  const folder = newFolder()
  for (const name of readdirSync(template)) execFileSync('cp', ['-a', join(template, name), folder])
  rmSync(join(folder, 'data', 'postmaster.pid'), { force: true })
  const { port, stop } = await start(bin, folder, { remove: true, extra })
  const create = async (how: string): Promise<string> => {
    const name = `t${newId().replaceAll('-', '')}`
    await administer(port, `create database ${name} ${how}`)
    return `postgres://postgres@127.0.0.1:${port}/${name}`
  }
  return {
    port,
    host: '127.0.0.1',
    createDatabase: () => create(`template ${TEMPLATE}`),
    createEmptyDatabase: () => create('template template0'),
    stop,
  }
}
