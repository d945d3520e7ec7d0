import { openCore } from '../open-core.ts'
import type { CliCommand } from './command.ts'

export const migrateCommand: CliCommand = {
  usage: '',
  summary: 'bring the database to this version and stop; `serve` does the same when it starts',
  details: [],
  flags: {},
  positionals: { min: 0, max: 0 },
  run: async ({ config, print }) => {
    const core = await openCore(config)
    await core.close()
    print('the database is up to date')
    return 0
  },
}
