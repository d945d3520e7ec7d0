import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The programs a cluster on one machine is made of; Prometheus may be missing. */
export type Programs = {
  /** Folder of `initdb` and `postgres`. */
  readonly postgres: string
  readonly redis: string
  readonly nginx: string
  readonly openssl: string
  readonly prometheus: string | null
}

/** Debian keeps daemons where only root's PATH looks. */
const folders = (): string[] => [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']

const find = (name: string): string | null =>
  folders()
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path)) ?? null

const POSTGRES = '/usr/lib/postgresql'
const OLDEST_POSTGRES = 15

/** Debian's PostgreSQL of the oldest supported version or, where that is missing, the next one. */
const findPostgres = (): string | null => {
  const versions = existsSync(POSTGRES) ? readdirSync(POSTGRES).map(Number) : []
  const version = versions.filter((number) => number >= OLDEST_POSTGRES).toSorted((a, b) => a - b)[0]
  if (version !== undefined) return join(POSTGRES, String(version), 'bin')
  const initdb = find('initdb')
  return initdb === null ? null : join(initdb, '..')
}

/** Find everything, or say in one sentence what is missing and how to get it. */
export const findPrograms = (): Programs | { readonly missing: string } => {
  const found = {
    postgresql: findPostgres(),
    'redis-server': find('redis-server'),
    'nginx-light': find('nginx'),
    openssl: find('openssl'),
  }
  const missing = Object.entries(found).flatMap(([name, path]) => (path === null ? [name] : []))
  const { postgresql, 'redis-server': redis, 'nginx-light': nginx, openssl } = found
  if (postgresql === null || redis === null || nginx === null || openssl === null)
    return { missing: `not installed: ${missing.join(', ')}; get them with: apt-get install ${missing.join(' ')}` }
  return { postgres: postgresql, redis, nginx, openssl, prometheus: find('prometheus') }
}

/** Account that PostgreSQL runs as when this process is root, which it refuses to be; nothing otherwise. */
export const postgresAccount = (): { readonly uid: number; readonly gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  return { uid: id('-u'), gid: id('-g') }
}
