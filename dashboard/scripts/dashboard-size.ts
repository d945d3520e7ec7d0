/**
 * Fails when what a page of the dashboard has to fetch outgrows its budget. Sizes are of `gzip -9`, in bytes of JavaScript;
 * 1 kB is 1,000 bytes.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const FIRST_BUDGET = 90_000
const LATER_BUDGET = 30_000
/** Most people are already on this page when they open another. */
const HOME = '/(app)'

type Chunk = { readonly file: string; readonly imports?: readonly string[] }

const at = (path: string): URL => new URL(`../${path}`, import.meta.url)
const output = '.svelte-kit/output/client'
const generated = '.svelte-kit/generated/client-optimized'
const manifest: Readonly<Record<string, Chunk>> = JSON.parse(readFileSync(at(`${output}/.vite/manifest.json`), 'utf8'))

const sizes = new Map<string, number>()
const sizeOf = (file: string): number => {
  const size = sizes.get(file) ?? gzipSync(readFileSync(at(`${output}/${file}`)), { level: 9 }).length
  sizes.set(file, size)
  return size
}

/** The file of a chunk with those of everything it imports statically. */
const closure = (name: string, found: Set<string> = new Set()): Set<string> => {
  const chunk = manifest[name]
  if (chunk === undefined) throw new Error(`the manifest has no ${name}`)
  if (found.has(chunk.file)) return found
  found.add(chunk.file)
  for (const imported of chunk.imports ?? []) closure(imported, found)
  return found
}
const union = (names: readonly string[]): Set<string> => {
  const found = new Set<string>()
  for (const name of names) closure(name, found)
  return found
}
const total = (files: Iterable<string>): number => [...files].reduce((sum, file) => sum + sizeOf(file), 0)

/** Layouts, error pages and pages by route, as SvelteKit numbers them. */
const app = readFileSync(at(`${generated}/app.js`), 'utf8')
const dictionary = /export const dictionary = (\{[\s\S]*?\});?\n/.exec(app)?.[1]
if (dictionary === undefined) throw new Error('app.js has no dictionary')
const routes = [...dictionary.matchAll(/"([^"]+)": \[~?(\d+)(?:,\[([\d,]*)\])?/g)].map(
  ([, id = '', page, layouts]) => ({
    id,
    nodes: [0, ...(layouts ?? '').split(',').filter(Boolean).map(Number), Number(page)],
  }),
)

/** The areas of texts that the `load` functions on the way to a page name. */
const textAreas = (id: string): string[] => {
  const parts = id.split('/').filter(Boolean)
  const folders = ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))]
  return folders.flatMap((folder) => {
    const isPage = folder === parts.join('/')
    const names = readdirSync(at(`src/routes/${folder}`)).filter(
      (name) => name === '+layout.ts' || (isPage && name === '+page.ts'),
    )
    return names.flatMap((name) => {
      const text = readFileSync(at(`src/routes/${folder}/${name}`), 'utf8')
      return [...text.matchAll(/needTexts\(([^)]*)\)/g)].flatMap(([, areas = '']) =>
        [...areas.matchAll(/'(\w+)'/g)].map(([, area = '']) => area),
      )
    })
  })
}

const START = ['/runtime/client/entry.js', '/client-optimized/app.js'].map(
  (end) => Object.keys(manifest).find((key) => key.endsWith(end)) ?? end,
)
const languages = ['en', 'vi']

/** All that is fetched to open a page, in the language whose texts are longest. */
const filesOf = ({ id, nodes }: (typeof routes)[number]): Set<string> => {
  const code = [...START, ...nodes.map((node) => `${generated}/nodes/${node}.js`)]
  const sets = languages.map((language) =>
    union([...code, ...textAreas(id).map((area) => `src/lib/i18n/${language}-${area}.ts`)]),
  )
  return sets.toSorted((a, b) => total(b) - total(a))[0] ?? new Set()
}

const home = routes.find(({ id }) => id === HOME)
if (home === undefined) throw new Error(`there is no route ${HOME}`)
const known = filesOf(home)

const kB = (bytes: number): string => `${(bytes / 1_000).toFixed(1).padStart(6)} kB`
console.log(
  `\ndashboard: JavaScript of a first load (of ${kB(FIRST_BUDGET).trim()}), and after ${HOME} (of ${kB(LATER_BUDGET).trim()})`,
)
let isOver = false
for (const route of routes.filter(({ id }) => id !== '/gallery')) {
  const files = filesOf(route)
  const first = total(files)
  const later = total([...files].filter((file) => !known.has(file)))
  const over = first > FIRST_BUDGET || later > LATER_BUDGET
  isOver ||= over
  console.log(`  ${route.id.padEnd(36)} ${kB(first)} ${kB(later)}${over ? '  over budget' : ''}`)
}
if (isOver) process.exitCode = 1
