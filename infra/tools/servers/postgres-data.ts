import { execFile, spawnSync } from 'node:child_process'
import { chownSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeOnce } from './make-once.ts'

const run = promisify(execFile)

export type Account = { readonly uid: number; readonly gid: number }

/** The account PostgreSQL runs as: that of its package if this process is root, since it refuses to run as root. */
export const postgresAccount = (): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  return { uid: id('-u'), gid: id('-g') }
}

/** Make a folder that belongs to PostgreSQL's account. */
export const makePostgresFolder = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const account = postgresAccount()
  if (account !== undefined) chownSync(path, account.uid, account.gid)
}

/** Path of a shared data folder, by purpose, for this version of PostgreSQL and this account. */
export const sharedDataPath = async (bin: string, purpose: string): Promise<string> => {
  const { stdout } = await run(join(bin, 'postgres'), ['--version'])
  const version = /\d+(?:\.\d+)*/.exec(stdout)?.[0] ?? 'unknown'
  return join(tmpdir(), `repartee-postgres-${version}-${purpose}-of-${process.getuid?.() ?? 'me'}`)
}

/** Copy the folder `data` of a stopped server from `from` to `to`. */
export const copyData = async (from: string, to: string): Promise<void> => {
  await run('cp', ['-a', join(from, 'data'), to])
}

/** A folder whose `data` belongs to a new server with the superuser `postgres`; made once on this machine. */
export const freshData = async (bin: string): Promise<string> =>
  makeOnce(await sharedDataPath(bin, 'fresh'), async (folder) => {
    // The outer folder belongs to this process, which renames it; the inner one to PostgreSQL's account.
    const inner = join(folder, 'data')
    makePostgresFolder(inner)
    const options = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
    await run(join(bin, 'initdb'), ['-D', inner, ...options], { ...postgresAccount(), cwd: folder })
  })
