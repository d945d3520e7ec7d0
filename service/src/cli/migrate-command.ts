import type { CliCommand } from './cli-command.ts'
import { withStandaloneDeps } from './with-standalone-deps.ts'

export const migrateCommand: CliCommand = {
  usage: '',
  summary: 'migrate the database and exit; `serve` also does this when it starts',
  details: [],
  flags: {},
  argCount: { min: 0, max: 0 },
  run: async ({ config, print }) => {
    // Opening the database migrates it.
    await withStandaloneDeps(config, async () => undefined)
    print('the database is up to date')
    return 0
  },
}
