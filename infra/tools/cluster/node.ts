import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Child, createChild } from './child.ts'
import type { Keeper } from './keeper.ts'

/** The built service. */
export const ENTRY = fileURLToPath(new URL('../../../service/dist/repartee.js', import.meta.url))

/** One node of the service, as a process of its own. */
export type ClusterNode = {
  readonly child: Child
  readonly name: string
  /** Past the proxy. */
  readonly url: string
  readonly metricsUrl: string
  /** Where its control socket is. */
  readonly dataDir: string
}

/** Describe a node; nothing runs yet. */
export const prepareNode = (o: {
  name: string
  folder: string
  port: number
  metricsPort: number
  env: Readonly<Record<string, string>>
  keeper: Keeper
}): ClusterNode => {
  if (!existsSync(ENTRY)) throw new Error('the service is not built; run: npm run build')
  mkdirSync(o.folder, { mode: 0o700 })
  const url = `http://127.0.0.1:${o.port}`
  const child = createChild({
    name: o.name,
    command: process.execPath,
    args: [ENTRY, 'serve'],
    env: {
      HOST: '127.0.0.1',
      PORT: String(o.port),
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: String(o.metricsPort),
      DATA_DIR: o.folder,
      TRUSTED_PROXIES: '127.0.0.1',
      ...o.env,
    },
    logFile: join(o.folder, 'log'),
    keeper: o.keeper,
    ready: async () => (await fetch(`${url}/readyz`)).ok,
  })
  return { child, name: o.name, url, metricsUrl: `http://127.0.0.1:${o.metricsPort}/metrics`, dataDir: o.folder }
}
