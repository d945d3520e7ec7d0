import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../src/startup/config.ts'
import { type Node, startNode } from '../src/startup/start-node.ts'

export type RunningService = Node & {
  /** `http://127.0.0.1:PORT/api/v1`. */
  readonly api: string
  readonly dataDir: string
  /** Stop and delete the data. */
  dispose(): Promise<void>
}

/** Start the real service on free ports, with its own data folder. */
export const startService = async (env: Record<string, string> = {}): Promise<RunningService> => {
  const dataDir = env.DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'repartee-')))
  const node = await startNode(
    readConfig({ HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'error', DATA_DIR: dataDir, ...env }),
  )
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
