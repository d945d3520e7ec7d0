import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Heap per idle reader of one or more checkouts, each measured by its own `idle-sessions.ts` with its own dependencies:
 * `node --conditions=source --import tsx infra/tools/bench/session-heap.ts [checkout…]`, by default this one. With several,
 * each is also compared with the first.
 */
const ROUNDS = 3

/** Bundle as the service is built. Run from source, tsx would name every closure and make it several times larger. */
const bundle = (checkout: string, outfile: string) =>
  build({
    entryPoints: [join(checkout, 'infra/tools/bench/idle-sessions.ts')],
    absWorkingDir: checkout,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['source'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })

const measure = (file: string): number =>
  Number(execFileSync(process.execPath, ['--expose-gc', file], { encoding: 'utf8' }))

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const here = fileURLToPath(new URL('../../..', import.meta.url))
const given = process.argv.slice(2).map((path) => resolve(path))
const dir = await mkdtemp(join(tmpdir(), 'repartee-session-heap-'))
try {
  const builds = (given.length === 0 ? [here] : given).map((checkout, i) => ({
    checkout,
    file: join(dir, `${i}.mjs`),
    bytes: [] as number[],
  }))
  for (const { checkout, file } of builds) await bundle(checkout, file)
  for (let round = 0; round < ROUNDS; round += 1) for (const { file, bytes } of builds) bytes.push(measure(file))
  const [first] = builds.map(({ bytes }) => median(bytes))
  for (const { checkout, bytes } of builds) {
    const value = median(bytes)
    const ratio = builds.length > 1 ? `, ${(value / (first ?? value)).toFixed(2)} of the first` : ''
    console.log(`${checkout}: ${Math.round(value)} bytes of heap per idle session (median of ${ROUNDS})${ratio}`)
  }
} finally {
  await rm(dir, { recursive: true })
}
