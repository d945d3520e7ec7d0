import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian installs daemons in folders that are only on root's PATH. */
const folders = (): string[] => [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']

/** Path of a program, or `null` if it is not installed. */
export const findProgram = (name: string): string | null =>
  folders()
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path)) ?? null

const OLDEST_POSTGRES = 15

/** The `bin` folder of every installed PostgreSQL that has a version in its path. */
const versionedPostgres = (): { version: number; bin: string }[] =>
  [
    { parent: '/usr/lib/postgresql', pattern: /^(\d+)$/ },
    { parent: '/usr/local/opt', pattern: /^postgresql@(\d+)$/ },
    { parent: '/opt/homebrew/opt', pattern: /^postgresql@(\d+)$/ },
  ].flatMap(({ parent, pattern }) =>
    (existsSync(parent) ? readdirSync(parent) : []).flatMap((name) => {
      const version = Number(pattern.exec(name)?.[1])
      const bin = join(parent, name, 'bin')
      return version >= OLDEST_POSTGRES && existsSync(join(bin, 'initdb')) ? [{ version, bin }] : []
    }),
  )

/** Folder of the programs of PostgreSQL: the oldest supported version that is installed, or the one on the PATH. */
export const findPostgres = (): string | null => {
  const [oldest] = versionedPostgres().toSorted((a, b) => a.version - b.version)
  if (oldest !== undefined) return oldest.bin
  const initdb = findProgram('initdb')
  return initdb === null ? null : join(initdb, '..')
}

/** Path of the browser for tests: `CHROMIUM`, or the system's Chromium; `null` where there is none. */
export const findChromium = (): string | null =>
  process.env.CHROMIUM ?? findProgram('chromium') ?? findProgram('chromium-browser')

/** As `findProgram`, for tests: if it is missing, says on standard error that tests are skipped. */
export const findOrSkip = (name: string): string | null => {
  const path = name === 'postgres' ? findPostgres() : findProgram(name)
  if (path === null) console.warn(`${name} is not installed: tests that need it are skipped`)
  return path
}

/** Whether tests can start all of these programs here; says on standard error what is missing. */
export const installed = (...names: readonly string[]): boolean => names.map(findOrSkip).every((path) => path !== null)
