import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'

/**
 * A folder at `path` that is made once and then shared by every process on this machine. `make` fills a folder beside it,
 * which is renamed into place once it is complete; if two processes make it at the same time, one result is kept. Every
 * account can read it.
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
  // Any account can create a folder of that name in /tmp, and its content decides what a server runs.
  const { uid } = statSync(path)
  if (uid !== process.getuid?.() && process.getuid?.() !== undefined)
    throw new Error(`${path} belongs to another account; remove it`)
  return path
}
