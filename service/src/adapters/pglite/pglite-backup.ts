import { mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { create } from 'tar'
import type { Database } from './supervise.ts'

/**
 * Write everything to one archive. Statements wait only while the files are copied; packing happens after. The archive
 * appears complete or not at all.
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

/** Pack a data folder, at a level of gzip; PGlite's own reader of archives knows only the plain format. */
export const pack = async (folder: string, file: string, level: number): Promise<void> => {
  await create({ cwd: folder, file, gzip: { level }, portable: true, noPax: true, mode: 0o600 }, ['.'])
}
