import { randomBytes } from 'node:crypto'
import { createPasswordHasher } from '../adapters/passwords/argon2-hasher.ts'
import { createLogger } from '../adapters/pino-logger.ts'
import { createMetrics } from '../adapters/prom-metrics.ts'
import type { OperatorDeps } from '../control/operation.ts'
import { noTracer } from '../core/tracer.ts'
import { type Config, ConfigError } from '../startup/config.ts'
import { createDeps } from '../startup/create-deps.ts'
import { dashboardPlace } from '../startup/dashboard-place.ts'
import { ensureDataDir } from '../startup/data-dir.ts'
import { findKeys } from '../startup/encryption-keys.ts'
import { openBackplane } from '../startup/open-backplane.ts'
import { storeMailOnly } from '../startup/open-mail.ts'
import { openOutbound } from '../startup/open-outbound.ts'
import { lockedSecrets, openSecrets, type Secrets } from '../startup/open-secrets.ts'
import { openStorage, type Storage } from '../startup/open-storage.ts'
import { publicUrl } from '../startup/public-url.ts'

/** Most operations need no secret, so that one without its key is reported only where it is needed. */
const openOrLock = async (config: Config, storage: Storage): Promise<Secrets> => {
  try {
    return await openSecrets(await findKeys(config), storage.store)
  } catch (error) {
    if (error instanceof ConfigError) return lockedSecrets(error)
    throw error
  }
}

/** Open the database for one operation in this process. Running nodes find its changes with their next sweep. */
export const withStandaloneDeps = async <T>(config: Config, run: (deps: OperatorDeps) => Promise<T>): Promise<T> => {
  const log = createLogger(config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL)
  const { metrics } = createMetrics()
  if (config.DATABASE_URL === '') await ensureDataDir(config)
  const storage = await openStorage(config, log, metrics)
  const outbound = openOutbound(config, metrics)
  // An operation is not rate-limited and publishes nothing, so it needs no connection to the other nodes.
  const backplane = await openBackplane({ REDIS_URL: '' }, { node: 'cli', log, metrics })
  const passwords = createPasswordHasher()
  try {
    // Nor does it sign reader tokens.
    const secret = randomBytes(32)
    return await run(
      createDeps({
        storage,
        passwords,
        dashboard: dashboardPlace(config, { port: () => config.PORT, mail: config.SMTP_URL !== '' }),
        backplane,
        publisher: { publish: () => undefined },
        metrics,
        tracer: noTracer,
        beacons: { seen: () => undefined, refused: () => undefined },
        outbound,
        secret,
        secrets: await openOrLock(config, storage),
        mailer: storeMailOnly(config),
        url: () => publicUrl(config, config.PORT),
      }),
    )
  } finally {
    await passwords.close()
    outbound.close()
    await backplane.close()
    await storage.close()
  }
}
