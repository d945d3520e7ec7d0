import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { restore } from '../adapters/pglite/restore.ts'
import { describeFileError } from '../startup/file-error.ts'
import { type CliCommand, UsageError } from './cli-command.ts'
import { operate } from './operate.ts'

/** What is wrong with the archive or the disk, in words. */
const cannotRestore =
  (file: string) =>
  (error: unknown): never => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const problem = /^(TAR_|Z_)/.test(code) ? 'it is no backup of this service' : describeFileError(error)
    throw problem === null ? error : new Error(`cannot restore ${file}: ${problem}`)
  }

export const backupCommand: CliCommand = {
  usage: 'FILE',
  summary: 'write the embedded database to a file, also while the service runs',
  details: [
    'FILE   gzip-compressed, and replaced as a whole if it is there; it holds everything readers wrote, so keep it private',
  ],
  flags: {},
  positionals: { min: 1, max: 1 },
  run: async ({ config, words, print }) => {
    const file = resolve(words[0] ?? '')
    await operate(config, 'backup', { file })
    print(`backup written to ${file}`)
    return 0
  },
}

export const restoreCommand: CliCommand = {
  usage: 'FILE',
  summary: 'replace the embedded database by a backup; the service must be stopped',
  details: ['FILE   a file `repartee backup` wrote', 'What is there now is moved aside, not deleted.'],
  flags: {},
  positionals: { min: 1, max: 1 },
  run: async ({ config, words, print }) => {
    if (config.DATABASE_URL !== '')
      throw new UsageError(
        'DATABASE_URL is set: restore that database with its own tools, or unset it for this command',
      )
    const file = resolve(words[0] ?? '')
    await access(file).catch(cannotRestore(file))
    const { movedTo } = await restore(file, join(config.DATA_DIR, 'db')).catch(cannotRestore(file))
    if (movedTo !== null) print(`the database that was there is now in ${movedTo}`)
    print('restored; readers reload their threads when the service starts')
    return 0
  },
}
