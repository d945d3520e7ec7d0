import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A path for a data folder that does not exist yet, removed with all beside it when the test ends. */
export const tempFolder = async (): Promise<string> => {
  const parent = await mkdtemp(join(tmpdir(), 'repartee-test-'))
  onTestFinished(() => rm(parent, { recursive: true, force: true }))
  return join(parent, 'db')
}
