import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { reaper } from './reaper.ts'

/** A folder that is deleted by `remove`, or when this process ends in any way. */
export type ServerFolder = { readonly path: string; remove(): void }

/** Make a temporary folder that every account can enter, since nginx and PostgreSQL run as other accounts. */
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
