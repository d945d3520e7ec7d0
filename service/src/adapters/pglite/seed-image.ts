import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '../../core/ports/logger.ts'
import { migrate } from '../postgres/migrate.ts'
import { startEngine } from './engine.ts'
import { markFolder } from './folder.ts'
import { pack } from './pglite-backup.ts'

/**
 * Make the prepared database: initialized, migrated, and without an epoch, so that each installation gets an epoch of
 * its own.
 */
export const makeSeed = async (file: string, log: Logger): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'repartee-seed-'))
  const unfinished = `${file}.${process.pid}`
  try {
    const engine = await startEngine({ folder, seed: null })
    await migrate(engine.sql, { log, now: Date.now })
    await engine.sql.query(`delete from meta where name = 'epoch'`, [])
    await engine.sql.query('vacuum (analyze)', [])
    await engine.sql.query('checkpoint', [])
    await engine.close()
    await markFolder(folder)
    await pack(folder, unfinished, 9)
    await rename(unfinished, file)
  } finally {
    await rm(folder, { recursive: true, force: true })
    await rm(unfinished, { force: true })
  }
}
