import { existsSync, mkdirSync, rmdirSync } from 'node:fs'
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
  for (const startedAt = Date.now(); !existsSync(file); ) {
    try {
      mkdirSync(making)
    } catch {
      // Another test process makes it; one that was killed is waited for once.
      if (Date.now() - startedAt > 30_000) rmdirSync(making)
      await pause(100)
      continue
    }
    try {
      if (!existsSync(file)) await makeSeed(file, silent)
    } finally {
      rmdirSync(making)
    }
  }
  return file
}
