import { join, resolve } from 'node:path'
import { restore } from '../adapters/pglite/restore.ts'
import type { CliCommand } from './command.ts'
import { operate } from './operate.ts'

export const backupCommand: CliCommand = {
  usage: 'FILE',
  summary: 'write the embedded database to a file, also while the service runs',
  details: ['FILE   a new file, gzip-compressed; it holds everything readers wrote, so keep it private'],
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
    const { movedTo } = await restore(resolve(words[0] ?? ''), join(config.DATA_DIR, 'db'))
    if (movedTo !== null) print(`the database that was there is now in ${movedTo}`)
    print('restored; readers reload their threads when the service starts')
    return 0
  },
}
