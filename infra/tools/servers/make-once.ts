import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'

/**
 * A folder at `path` that is made once and then shared by every process on this machine. `make` fills a folder beside it,
 * which is renamed into place only when it is whole; where two processes make it at once, one result is kept. Every account may look into it.
 */
export const makeOnce = async (path: string, make: (folder: string) => Promise<void>): Promise<string> => {
  if (!existsSync(path)) {
    const folder = mkdtempSync(`${path}.making-`)
    chmodSync(folder, 0o755)
    try {
      await make(folder)
      renameSync(folder, path)
    } catch (error) {
      rmSync(folder, { recursive: true, force: true })
      if (!existsSync(path)) throw error
    }
  }
  // Anyone can make a folder of that name where temporary files go; what is in it decides what a server runs.
  const { uid } = statSync(path)
  if (uid !== process.getuid?.() && process.getuid?.() !== undefined)
    throw new Error(`${path} belongs to another account; remove it`)
  return path
}
