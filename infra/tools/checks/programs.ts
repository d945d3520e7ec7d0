import { spawnSync } from 'node:child_process'

/** Where a program is, or `null`, and then says once what is not tested without it. */
export const findProgram = (name: string, argument: string, untested: string): string | null => {
  // Debian keeps nginx where only root's PATH looks.
  for (const path of [name, `/usr/sbin/${name}`])
    if (spawnSync(path, [argument], { stdio: 'ignore' }).status === 0) return path
  console.warn(`${name} is not installed: ${untested} not run`)
  return null
}
