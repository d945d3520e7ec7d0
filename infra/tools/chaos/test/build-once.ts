import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { findBinaries } from '../../servers/start-postgres.ts'
import { hasRedis } from '../../servers/start-redis.ts'
import { hasNginx } from '../parts/nginx.ts'

/** The built service, or another build of it. */
export const service = process.env.REPARTEE_BUILD ?? fileURLToPath(new URL('../../../../service/dist', import.meta.url))

/** Whether all parts can be started here; tests are skipped where they cannot. */
export const possible = findBinaries() !== null && hasRedis && existsSync(service)

export const nginx = hasNginx()
