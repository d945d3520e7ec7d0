import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Child, createChild } from './child.ts'
import type { Keeper } from './keeper.ts'
import { postgresAccount } from './programs.ts'

/** Connections of all nodes together, and of who looks in. */
const CONNECTIONS = 200

/** A PostgreSQL of its own in a folder, as durable as it comes. */
export const preparePostgres = async (o: {
  programs: string
  folder: string
  port: number
  keeper: Keeper
}): Promise<{ child: Child; url: string }> => {
  const account = postgresAccount()
  const password = randomBytes(18).toString('hex')
  const passwordFile = join(o.folder, 'password')
  mkdirSync(o.folder, { mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (account !== undefined) for (const path of [o.folder, passwordFile]) chownSync(path, account.uid, account.gid)
  const data = join(o.folder, 'data')
  const settings = ['-U', 'repartee', '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C', `--pwfile=${passwordFile}`]
  execFileSync(join(o.programs, 'initdb'), ['-D', data, ...settings], { ...account, cwd: o.folder, stdio: 'ignore' })
  const url = `postgres://repartee:${password}@127.0.0.1:${o.port}/postgres`
  const child = createChild({
    name: 'PostgreSQL',
    command: join(o.programs, 'postgres'),
    args: [
      ...['-D', data],
      ...['-c', `port=${o.port}`],
      ...['-c', 'listen_addresses=127.0.0.1'],
      ...['-c', `unix_socket_directories=${o.folder}`],
      ...['-c', `max_connections=${CONNECTIONS}`],
    ],
    account,
    logFile: join(o.folder, 'log'),
    // Ends connections instead of waiting for them.
    stopSignal: 'SIGINT',
    keeper: o.keeper,
    async ready() {
      await promisify(execFile)(join(o.programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(o.port)])
      return true
    },
  })
  return { child, url }
}
