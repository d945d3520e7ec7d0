import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { hasNginx } from '../../../infra/chaos/parts/nginx.ts'
import { findBinaries } from '../postgres/cluster.ts'
import { hasRedis } from '../redis/server.ts'

/** The built service, or another build of it. */
export const service = process.env.REPARTEE_BUILD ?? fileURLToPath(new URL('../../dist', import.meta.url))

/** Whether all parts can be started here; tests are skipped where they cannot. */
export const possible = findBinaries() !== null && hasRedis && existsSync(service)

export const nginx = hasNginx()
