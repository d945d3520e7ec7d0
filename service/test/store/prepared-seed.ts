import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pgliteVersion } from '../../src/adapters/pglite/build-files.ts'
import { makeSeed } from '../../src/adapters/pglite/seed-image.ts'
import { schemaChecksum } from '../../src/adapters/postgres/migrate.ts'
import { silent } from '../../testing/silent.ts'

/** A prepared database of the schema as it is in the source, made once for all test runs of that schema. */
export const preparedSeed = async (): Promise<string> => {
  const file = join(tmpdir(), `repartee-test-seed-${pgliteVersion()}-${schemaChecksum()}.tar.gz`)
  const making = `${file}.making`
  // Forced: a process that was taken for dead and is not may have done so already.
  const free = (): void => rmSync(making, { recursive: true, force: true })
  for (const startedAt = Date.now(); !existsSync(file); ) {
    try {
      mkdirSync(making)
    } catch {
      // Another test process is making it. After 30 s that process is taken for dead.
      if (Date.now() - startedAt > 30_000) free()
      await pause(100)
      continue
    }
    try {
      if (!existsSync(file)) await makeSeed(file, silent)
    } finally {
      free()
    }
  }
  return file
}
