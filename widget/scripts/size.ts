/** Fails when what a page has to fetch outgrows its budget. Sizes are of `gzip -9`, in bytes; 1 kB is 1,000 bytes. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LOADER_BUDGET = 1_500
const CORE_BUDGET = 22_000

const ENTRY = 'src/define.ts'
/** The language most pages load; every one is measured with the lazy chunks too. */
const LANGUAGE = 'src/i18n/en.ts'

type Chunk = {
  readonly file: string
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
  readonly css?: readonly string[]
}

const dist = new URL('../dist/', import.meta.url)
const manifest: Readonly<Record<string, Chunk>> = JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8'))

const sizeOf = (file: string): number => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length

const chunkOf = (name: string): Chunk => {
  const chunk = manifest[name]
  if (!chunk) throw new Error(`dist/manifest.json has no ${name}`)
  return chunk
}

/** The chunk with everything it imports statically, each once. */
const closure = (name: string, found: Set<string> = new Set()): Set<string> => {
  if (found.has(name)) return found
  found.add(name)
  for (const imported of chunkOf(name).imports ?? []) closure(imported, found)
  return found
}

const filesOf = (names: Iterable<string>): string[] => [
  ...new Set([...names].flatMap((name) => [chunkOf(name).file, ...(chunkOf(name).css ?? [])])),
]

const line = (what: string, bytes: number, budget?: number): string =>
  `${what.padEnd(34)} ${(bytes / 1_000).toFixed(2).padStart(7)} kB${budget ? `  of ${(budget / 1_000).toFixed(1)} kB` : ''}`

const core = new Set([...closure(ENTRY), ...closure(LANGUAGE)])
const coreFiles = filesOf(core)
const coreSize = coreFiles.map(sizeOf).reduce((sum, size) => sum + size, 0)
const loaderSize = sizeOf('embed.js')

console.log(line('loader (embed.js)', loaderSize, LOADER_BUDGET))
console.log(line('core (a live thread, English)', coreSize, CORE_BUDGET))
for (const name of core) console.log(line(`  ${name}`, sizeOf(chunkOf(name).file)))
console.log('lazy chunks, beyond the core:')
for (const name of Object.keys(manifest))
  if (!core.has(name) && !name.startsWith('_')) {
    const more = filesOf([...closure(name)].filter((part) => !core.has(part)))
    console.log(
      line(
        `  ${name}`,
        more.map(sizeOf).reduce((sum, size) => sum + size, 0),
      ),
    )
  }

if (loaderSize > LOADER_BUDGET || coreSize > CORE_BUDGET) {
  console.error('over budget')
  process.exitCode = 1
}
