import { installed } from './find-program.ts'
import { startMigratedPostgres } from './migrated-postgres.ts'

/** Set-up of a suite: one PostgreSQL for all files of a run, which `sharedPostgres` gives them. */
export const setup = async (): Promise<(() => Promise<void>) | undefined> => {
  if (!installed('postgres') || process.env.REPARTEE_TEST_POSTGRES !== undefined) return undefined
  const server = await startMigratedPostgres()
  process.env.REPARTEE_TEST_POSTGRES = server.url
  return () => server.stop()
}
