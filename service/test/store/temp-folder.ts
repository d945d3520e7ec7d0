import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A path for a new data folder; removed with everything next to it when the test ends. */
export const tempFolder = async (): Promise<string> => {
  const parent = await mkdtemp(join(tmpdir(), 'repartee-test-'))
  onTestFinished(() => rm(parent, { recursive: true, force: true }))
  return join(parent, 'db')
}
