import type { CliCommand } from './cli-command.ts'
import { withStandaloneDeps } from './with-standalone-deps.ts'

export const migrateCommand: CliCommand = {
  usage: '',
  summary: 'bring the database to this version and stop; `serve` does the same when it starts',
  details: [],
  flags: {},
  positionals: { min: 0, max: 0 },
  run: async ({ config, print }) => {
    // Opening brings the database up to date.
    await withStandaloneDeps(config, async () => undefined)
    print('the database is up to date')
    return 0
  },
}
