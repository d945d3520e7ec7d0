import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reaper } from './reaper.ts'

/** A folder that `remove` deletes, as does the end of this process, however it comes. */
export type ServerFolder = { readonly path: string; remove(): void }

/** Make a temporary folder that every account may look into: nginx and PostgreSQL run as accounts of their own. */
export const makeServerFolder = (name: string): ServerFolder => {
  const path = mkdtempSync(join(tmpdir(), `repartee-${name}-`))
  chmodSync(path, 0o755)
  reaper.made(path)
  return {
    path,
    remove() {
      rmSync(path, { recursive: true, force: true })
      reaper.removed(path)
    },
  }
}
