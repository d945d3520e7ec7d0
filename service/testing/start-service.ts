import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { readConfig } from '../src/startup/config.ts'
import { type Node, startNode } from '../src/startup/start-node.ts'
import { TEST_KEYS } from './test-secrets.ts'

export type RunningService = Node & {
  /** `http://127.0.0.1:PORT/api/v1`. */
  readonly api: string
  readonly dataDir: string
  /** Stop and delete the data. */
  dispose(): Promise<void>
}

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'repartee-'))

/**
 * The variables that name a new database: in the PostgreSQL of this run, which starts far faster than the embedded
 * database, or the embedded one in its own folder.
 */
export const newDatabase = async (): Promise<Record<string, string>> => {
  if (process.env.REPARTEE_TEST_POSTGRES === undefined) return { DATA_DIR: await newFolder() }
  const DATABASE_URL = await (await sharedPostgres()).createDatabase()
  return { DATABASE_URL, REPARTEE_SECRET: 'a secret of the tests, long enough for it' }
}

/**
 * Start the real service on free ports. It gets a new database unless `DATABASE_URL` or `DATA_DIR` is given; `DATA_DIR`
 * alone selects the embedded database.
 */
export const startService = async (env: Record<string, string> = {}): Promise<RunningService> => {
  const isNamed = env.DATABASE_URL !== undefined || env.DATA_DIR !== undefined
  const given = isNamed ? env : { ...env, ...(await newDatabase()) }
  const dataDir = given.DATA_DIR ?? (await newFolder())
  const own = {
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'error',
    DATA_DIR: dataDir,
    // An embedded database makes its own.
    ...(given.DATABASE_URL !== undefined && { ENCRYPTION_KEYS: TEST_KEYS }),
  }
  const node = await startNode(readConfig({ ...own, ...given }))
  const origin = `http://127.0.0.1:${node.port}`
  return {
    ...node,
    url: origin,
    api: `${origin}/api/v1`,
    dataDir,
    dispose: async () => {
      await node.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
