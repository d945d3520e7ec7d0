import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pgliteVersion } from '../../src/adapters/pglite/build-files.ts'
import { makeSeed } from '../../src/adapters/pglite/seed-image.ts'
import { schemaChecksum } from '../../src/adapters/postgres/migrate.ts'
import { silent } from '../../testing/silent.ts'

/** A prepared database with the schema of the source, made once for all test runs with that schema. */
export const preparedSeed = async (): Promise<string> => {
  const file = join(tmpdir(), `repartee-test-seed-${pgliteVersion()}-${schemaChecksum()}.tar.gz`)
  const making = `${file}.making`
  // Forced: another process may have removed it already.
  const free = (): void => rmSync(making, { recursive: true, force: true })
  for (const startedAt = Date.now(); !existsSync(file); ) {
    try {
      mkdirSync(making)
    } catch {
      // Another test process is making it; after 30 s it is assumed to have been killed.
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
