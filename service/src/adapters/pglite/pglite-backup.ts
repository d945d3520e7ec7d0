import { mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { create } from 'tar'
import type { Database } from './supervise.ts'

/**
 * Write the whole database to one archive, complete or not at all. Statements wait only while the files are copied, not
 * while they are packed.
 */
export const writeBackup = async (database: Pick<Database, 'copy'>, file: string): Promise<void> => {
  const staging = await mkdtemp(join(dirname(file), '.copy-'))
  const unfinished = join(dirname(file), `.${basename(file)}.part`)
  try {
    await database.copy(staging)
    await pack(staging, unfinished, 1)
    await rename(unfinished, file)
  } finally {
    await rm(staging, { recursive: true, force: true })
    await rm(unfinished, { force: true })
  }
}

/** Pack a data folder with a gzip level. Plain tar, because PGlite's reader knows no extensions. */
export const pack = async (folder: string, file: string, level: number): Promise<void> => {
  await create({ cwd: folder, file, gzip: { level }, portable: true, noPax: true, mode: 0o600 }, ['.'])
}
