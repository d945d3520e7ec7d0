import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Worker } from 'node:worker_threads'
import { startThread } from '../start-thread.ts'
import type { WorkerInput } from './worker-messages.ts'

/*
 * Files that are found next to the code, in the source tree and in a build. The build puts `pglite-worker.js` (from
 * `worker.ts`) and `seed.tar.gz` (from scripts/build-seed.ts) next to the bundle. PGlite loads files of its own, so it
 * is not bundled.
 */
const fromSource = import.meta.url.endsWith('.ts')

/** Start the database's thread. */
export const startWorker = (workerData: WorkerInput): Worker =>
  startThread(import.meta.url, { source: './worker.ts', built: './pglite-worker.js', workerData })

/** Path of the prepared database in a build. */
export const seedFile = fileURLToPath(
  new URL(fromSource ? '../../../dist/seed.tar.gz' : './seed.tar.gz', import.meta.url),
)

/** Path of the prepared database, or `null` when none was built; a first start then takes seconds longer. */
export const builtSeed = (): string | null => (existsSync(seedFile) ? seedFile : null)

/** The exact version of PGlite in use. */
export const pgliteVersion = (): string => {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const manifest: unknown = JSON.parse(readFileSync(join(dirname(entry), '..', 'package.json'), 'utf8'))
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest))
    throw new Error('the installed PGlite has no version')
  return String(manifest.version)
}
