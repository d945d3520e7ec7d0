import { createLogger } from '../adapters/logger.ts'
import { createMetrics } from '../adapters/metrics.ts'
import type { Config } from '../config.ts'
import type { OperatorDeps } from '../control/operations.ts'
import { createDeps } from '../create-deps.ts'
import { openStorage } from '../open-storage.ts'
import { readSecret } from '../secret.ts'

/** Open the data folder for one act; nobody is listening, so nobody is told of changes. */
export const withDeps = async <T>(config: Config, act: (deps: OperatorDeps) => Promise<T>): Promise<T> => {
  const storage = await openStorage(config, createLogger(config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL))
  try {
    const { metrics } = createMetrics()
    const secret = await readSecret(config)
    return await act(createDeps({ storage, publisher: { publish: () => undefined }, metrics, secret }))
  } finally {
    await storage.database.close()
  }
}
