import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seedFile } from '../src/adapters/pglite/build-files.ts'
import { makeSeed } from '../src/adapters/pglite/seed-image.ts'
import { createLogger } from '../src/adapters/pino-logger.ts'

/** Write the prepared database, which saves a first start the time and memory of initializing one. */
export const writeSeed = async (file: string): Promise<void> => {
  const startedAt = performance.now()
  mkdirSync(dirname(file), { recursive: true })
  await makeSeed(file, createLogger('warn'))
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  console.log(`${file}: ${(statSync(file).size / 1e6).toFixed(1)} MB in ${seconds} s`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeSeed(seedFile)
