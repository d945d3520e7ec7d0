import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { restore } from '../adapters/pglite/restore.ts'
import { describeFileError } from '../startup/file-error.ts'
import { type CliCommand, UsageError } from './cli-command.ts'
import { operate } from './operate.ts'

/** Throw an error that says what is wrong with the archive or the disk. */
const cannotRestore =
  (file: string) =>
  (error: unknown): never => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const problem = /^(TAR_|Z_)/.test(code) ? 'it is not a backup of this service' : describeFileError(error)
    throw problem === null ? error : new Error(`cannot restore ${file}: ${problem}`)
  }

export const backupCommand: CliCommand = {
  usage: 'FILE',
  summary: 'write the embedded database to a file, even while the service runs',
  details: [
    'FILE   the gzip-compressed backup; an existing file is replaced. It contains all comments, so keep it private',
  ],
  flags: {},
  argCount: { min: 1, max: 1 },
  run: async ({ config, args, print }) => {
    const file = resolve(args[0] ?? '')
    await operate(config, 'backup', { file })
    print(`backup written to ${file}`)
    return 0
  },
}

export const restoreCommand: CliCommand = {
  usage: 'FILE',
  summary: 'replace the embedded database with a backup; the service must be stopped',
  details: ['FILE   a file written by `repartee backup`', 'The current database is moved aside, not deleted.'],
  flags: {},
  argCount: { min: 1, max: 1 },
  run: async ({ config, args, print }) => {
    if (config.DATABASE_URL !== '')
      throw new UsageError(
        'DATABASE_URL is set: restore that database with its own tools, or unset the variable for this command',
      )
    const file = resolve(args[0] ?? '')
    await access(file).catch(cannotRestore(file))
    const { movedTo } = await restore(file, join(config.DATA_DIR, 'db')).catch(cannotRestore(file))
    if (movedTo !== null) print(`the previous database is now in ${movedTo}`)
    print('restored; open pages reload their comments when the service starts')
    return 0
  },
}
