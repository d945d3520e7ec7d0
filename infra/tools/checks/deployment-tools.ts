import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAllDocuments } from 'yaml'

export const root = fileURLToPath(new URL('../../..', import.meta.url))
/** Outside the work tree, so that a clean checkout need not build them again. */
export const toolFolder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'repartee-tools')

/** Path of a program that install-tools.sh installed or that is on the PATH; `null`, with a warning, if it is missing. */
export const findTool = (name: string, args: readonly string[] = ['--help']): string | null => {
  for (const path of [join(toolFolder, name), name]) {
    if (path !== name && !existsSync(path)) continue
    const answer = spawnSync(path, args)
    if (answer.error === undefined && answer.status !== 127) return path
  }
  process.stderr.write(`skipped, because ${name} is missing: see infra/tools/checks/install-tools.sh\n`)
  return null
}

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string }

export const run = (program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ran => {
  const answer = spawnSync(program, args, { cwd: root, encoding: 'utf8', env: { ...process.env, ...env } })
  return { code: answer.status, out: answer.stdout, err: `${answer.stderr}${answer.error?.message ?? ''}` }
}

/** Every document of a YAML text; throws on the first error, including duplicate keys. */
export const readYaml = <T>(text: string): T[] =>
  parseAllDocuments(text, { merge: true }).map((document) => {
    for (const error of document.errors) throw error
    return document.toJS() as T
  })

export const readFile = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Files below a folder whose names end with `end`, sorted. */
export const filesBelow = (folder: string, end: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(end))
    .map((path) => `${folder}/${path}`)
    .sort()
