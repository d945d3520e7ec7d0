import { rename, rm } from 'node:fs/promises'
import { renewEpoch } from '../postgres/epoch.ts'
import { startEngine } from './engine.ts'
import { inspectFolder, publish, unpackAside } from './folder.ts'
import { lockFolder } from './lock.ts'

/**
 * Replace a data folder, which no process may be using, with a backup. The old folder is moved aside, never deleted. The
 * restored database gets a new epoch, because positions that clients hold refer to the old history.
 */
export const restore = async (file: string, dataDir: string): Promise<{ movedTo: string | null }> => {
  const release = lockFolder(dataDir)
  try {
    const fresh = await unpackAside(file, dataDir)
    try {
      if ((await inspectFolder(fresh)) === 'empty') throw new Error(`${file} contains no database`)
      const engine = await startEngine({ folder: fresh, seed: null })
      await renewEpoch(engine.sql)
      await engine.close()
      const movedTo = await moveAside(dataDir)
      await publish(fresh, dataDir)
      return { movedTo }
    } catch (error) {
      await rm(fresh, { recursive: true, force: true })
      throw error
    }
  } finally {
    release()
  }
}

const moveAside = async (dataDir: string): Promise<string | null> => {
  const aside = `${dataDir}-replaced-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  try {
    await rename(dataDir, aside)
    return aside
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
