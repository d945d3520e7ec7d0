import { createReadStream, type Stats } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { extract, type ReadEntry } from 'tar'
import { pgliteVersion } from './build-files.ts'

/** In the data folder; the database ignores it. */
const MARK = 'repartee.json'

/** Record which PGlite wrote the folder. */
export const markFolder = (folder: string): Promise<void> =>
  writeFile(join(folder, MARK), `${JSON.stringify({ pglite: pgliteVersion() })}\n`)

/** Whether a folder is empty or holds a database this build can open. Rejects for anything else. */
export const inspectFolder = async (folder: string): Promise<'empty' | 'database'> => {
  const names = await readdir(folder).catch((): string[] => [])
  if (names.length === 0) return 'empty'
  if (!names.includes(MARK))
    throw new Error(`${folder} contains files, but not a database of this service: choose another folder or empty it`)
  const written = await writtenBy(folder)
  if (written !== pgliteVersion())
    throw new Error(
      `the database in ${folder} was written by PGlite ${written}, this build has ${pgliteVersion()}, and their files ` +
        'may differ: run the build that wrote it, or move the folder away to start with an empty one',
    )
  return 'database'
}

const writtenBy = async (folder: string): Promise<string> => {
  const mark: unknown = JSON.parse(await readFile(join(folder, MARK), 'utf8'))
  return typeof mark === 'object' && mark !== null && 'pglite' in mark ? String(mark.pglite) : 'unknown'
}

/** Unpack an archive of a data folder to `folder`, which must be empty or missing. All or nothing. */
export const unpack = async (archive: string, folder: string): Promise<void> =>
  publish(await unpackAside(archive, folder), folder)

/** Unpack an archive of a data folder next to `folder`, and return its path. Skips all but files and folders. */
export const unpackAside = async (archive: string, folder: string): Promise<string> => {
  const fresh = await freshFolder(folder)
  const plain = new Set(['File', 'OldFile', 'Directory'])
  const filter = (_path: string, entry: Stats | ReadEntry): boolean => 'type' in entry && plain.has(entry.type)
  try {
    await pipeline(createReadStream(archive), extract({ cwd: fresh, preserveOwner: false, strict: true, filter }))
    return fresh
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    throw error
  }
}

/** An empty folder next to `folder`, to be filled and then moved there. */
export const freshFolder = async (folder: string): Promise<string> => {
  const fresh = `${folder}.new`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { recursive: true, mode: 0o700 })
  return fresh
}

/** Move a filled folder to the place of an empty or missing one. */
export const publish = async (fresh: string, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await rename(fresh, folder)
}
