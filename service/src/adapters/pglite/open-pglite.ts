import { existsSync } from 'node:fs'
import type { Logger } from '../../core/ports/logger.ts'
import type { Sql } from '../postgres/sql.ts'
import { builtSeed } from './build-files.ts'
import { startEngine } from './engine.ts'
import { freshFolder, inspectFolder, markFolder, publish, unpack } from './folder.ts'
import { lockFolder } from './lock.ts'
import { writeBackup } from './pglite-backup.ts'
import { supervise } from './supervise.ts'
import { startUpkeep } from './upkeep.ts'

/** The embedded database, running. */
export type PgliteHandle = {
  readonly sql: Sql
  /** Write a copy of the whole database to a new file. */
  backup(file: string): Promise<void>
  checkpoint(): Promise<void>
  vacuum(): Promise<void>
  /** Whether statements are being answered. */
  healthy(): boolean
  /** Finish pending statements, back up what changed, and release the folder. */
  close(): Promise<void>
}

type Options = {
  /** Where the database lives; `null` keeps it in memory. */
  readonly dataDir: string | null
  /** A prepared database for an empty folder; by default, the one of the build. */
  readonly seed?: string
  readonly log: Logger
}

/**
 * Open the embedded database for this process alone. An empty folder is filled from the prepared database; without one,
 * initializing it takes seconds and several hundred megabytes. Rejects when another process uses the folder, or another
 * version of PGlite wrote it.
 */
export const openPglite = async ({ dataDir, seed, log }: Options): Promise<PgliteHandle> => {
  const prepared = seed ?? builtSeed()
  if (prepared !== null && !existsSync(prepared)) throw new Error(`no prepared database at ${prepared}`)
  if (dataDir === null) return inMemory(await supervise({ folder: null, seed: prepared }, log))
  const release = lockFolder(dataDir)
  try {
    if ((await inspectFolder(dataDir)) === 'empty') await fill(dataDir, prepared)
    const database = await supervise({ folder: dataDir, seed: null }, log)
    const upkeep = startUpkeep(database, dataDir, log)
    return {
      ...database,
      backup: (file) => writeBackup(database, file),
      checkpoint: upkeep.checkpoint,
      vacuum: upkeep.vacuum,
      close: async () => {
        await upkeep.stop()
        await database.close()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

const fill = async (folder: string, seed: string | null): Promise<void> => {
  if (seed !== null) return unpack(seed, folder)
  const fresh = await freshFolder(folder)
  await (await startEngine({ folder: fresh, seed: null })).close()
  await markFolder(fresh)
  await publish(fresh, folder)
}

const inMemory = (database: Awaited<ReturnType<typeof supervise>>): PgliteHandle => ({
  ...database,
  backup: () => Promise.reject(new Error('a database in memory cannot be backed up')),
  checkpoint: () => database.maintain('checkpoint'),
  vacuum: () => database.maintain('vacuum (analyze)'),
})
