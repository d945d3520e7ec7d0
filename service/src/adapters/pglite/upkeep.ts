import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../../core/ports/logger.ts'
import { writeBackup } from './pglite-backup.ts'
import type { Database } from './supervise.ts'

const SYNC_EVERY_MS = 1_000
const CHECKPOINT_EVERY_MS = 5 * 60_000
/** PGlite never checkpoints by itself. This limits the log that must be replayed after a crash. */
const CHECKPOINT_EVERY_WRITES = 20_000
/** Without statistics the planner scans a whole thread to find one comment: analyze early, then at each fourfold growth. */
const FIRST_ANALYSIS_WRITES = 50
const ANALYSIS_GROWTH = 4
const VACUUM_EVERY_MS = 60 * 60_000
const BACKUP_EVERY_MS = 6 * 60 * 60_000
const BACKUPS_KEPT = 7

/** Background work of a database server, which PGlite leaves to its host. */
export const startUpkeep = (database: Pick<Database, 'maintain' | 'copy' | 'writes'>, folder: string, log: Logger) => {
  const backups = `${folder}-backups`
  const done = { sync: 0, checkpoint: 0, analysis: 0, vacuum: 0, backup: 0 }
  const timers: NodeJS.Timeout[] = []
  let busy: Promise<void> = Promise.resolve()

  /** Run `act` after all earlier work, if there have been `atLeast` writes since it last ran. */
  const due = (name: keyof typeof done, atLeast: number, act: () => Promise<void>): Promise<void> => {
    busy = busy.then(async () => {
      const writes = database.writes()
      if (writes - done[name] < atLeast) return
      await act().then(
        () => {
          done[name] = writes
        },
        (error: unknown) => log.warn(`${name} failed`, { error: String(error) }),
      )
    })
    return busy
  }
  const every = (ms: number, act: () => Promise<void>): void => {
    timers.push(setInterval(() => void act(), ms).unref())
  }

  const checkpoint = async (): Promise<void> => {
    await database.maintain('checkpoint')
    await syncFolder(folder, ['base', 'global', 'pg_wal', 'pg_xact'])
  }
  const vacuum = (): Promise<void> => database.maintain('vacuum (analyze)')
  const backup = async (): Promise<void> => {
    await mkdir(backups, { recursive: true, mode: 0o700 })
    await writeBackup(database, join(backups, `${new Date().toISOString().replaceAll(/[:.]/g, '-')}.tar.gz`))
    await prune(backups)
  }

  every(SYNC_EVERY_MS, () => due('sync', 1, () => syncFolder(folder, ['pg_wal'])))
  every(SYNC_EVERY_MS, () => due('checkpoint', CHECKPOINT_EVERY_WRITES, checkpoint))
  every(CHECKPOINT_EVERY_MS, () => due('checkpoint', 1, checkpoint))
  every(SYNC_EVERY_MS, () =>
    due('analysis', Math.max(FIRST_ANALYSIS_WRITES, done.analysis * (ANALYSIS_GROWTH - 1)), () =>
      database.maintain('analyze'),
    ),
  )
  every(VACUUM_EVERY_MS, () => due('vacuum', 1, vacuum))
  every(BACKUP_EVERY_MS, () => due('backup', 1, backup))

  return {
    checkpoint,
    vacuum,
    /** Stop the timers, and make a backup if anything was written since the last. */
    stop: async (): Promise<void> => {
      for (const timer of timers) clearInterval(timer)
      await due('backup', 1, backup)
    },
  }
}

const syncedAt = new Map<string, number>()

/**
 * Flush what was written since the last call to disk. PGlite runs without fsync, so a power cut can lose what was
 * acknowledged in the last second or so; a killed process loses nothing.
 */
const syncFolder = async (folder: string, names: readonly string[]): Promise<void> => {
  for (const name of names) {
    const top = join(folder, name)
    const entries = await readdir(top, { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      if (!entry.isFile()) continue
      const file = join(entry.parentPath, entry.name)
      const { mtimeMs } = await stat(file)
      if (syncedAt.get(file) === mtimeMs) continue
      const handle = await open(file, 'r+')
      try {
        await handle.sync()
      } finally {
        await handle.close()
      }
      syncedAt.set(file, mtimeMs)
    }
  }
}

const prune = async (backups: string): Promise<void> => {
  const names = (await readdir(backups)).filter((name) => name.endsWith('.tar.gz') && !name.startsWith('.')).sort()
  for (const name of names.slice(0, -BACKUPS_KEPT)) await rm(join(backups, name), { force: true })
}
