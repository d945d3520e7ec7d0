import { randomUUID } from 'node:crypto'
import { builtSeed } from '@repartee/service/pglite/build-files'
import { openPglite } from '@repartee/service/pglite/open-pglite'
import { createStore } from '@repartee/service/postgres/create-store'
import { migrate } from '@repartee/service/postgres/migrate'
import { explain } from '@repartee/service/testing/explain'
import { fillThread } from '@repartee/service/testing/fill'
import { reads } from '@repartee/service/testing/reads'
import { silent } from '@repartee/service/testing/silent'

/*
 * Whether reads stay fast in a long thread. Runs every read on a short and a long thread of the embedded database, in
 * turn, so that both run under the same load. Fails if a read of the long one takes more than 1.5 times as long.
 *
 *   node --conditions=source --import tsx infra/tools/bench/bench-store.ts [short] [long] [rounds]
 */
const [short = 1_000, long = 100_000, rounds = 300] = process.argv.slice(2).map(Number)
const ALLOWED = 1.5
/** Comments inserted by one statement; more would exceed its timeout. */
const PART = 5_000

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

const seed = builtSeed()
const database = await openPglite({ dataDir: null, ...(seed !== null && { seed }), log: silent })
await migrate(database.sql, { log: silent, now: Date.now })
const store = createStore(database.sql)

const open = async (comments: number) => {
  const [siteId, id] = [randomUUID(), randomUUID()]
  await store.threads.open({ siteId, id, page: '/', url: '', title: '', nowAt: Date.now() })
  for (let from = 1; from <= comments; from += PART)
    await fillThread(database.sql, siteId, id, Math.min(comments, from + PART - 1), from)
  return reads(siteId, id, comments)
}
const few = await open(short)
const many = await open(long)
await database.vacuum()
console.log(`embedded database, Node ${process.version}, median of ${rounds} calls in ms\n`)
console.log(`${'read'.padEnd(38)}${String(short).padStart(9)}${String(long).padStart(9)}   ratio  index`)

let slower = 0
for (const [index, brief] of few.entries()) {
  const full = many[index]
  if (full === undefined) continue
  const times = { brief: [] as number[], full: [] as number[] }
  for (let round = 0; round < rounds + 20; round += 1) {
    const at = (round * 0.618) % 1
    for (const [name, read] of [
      ['brief', brief],
      ['full', full],
    ] as const) {
      const startedAt = performance.now()
      await read.run(store, at)
      // The first rounds only warm up the engine and its caches.
      if (round >= 20) times[name].push(performance.now() - startedAt)
    }
  }
  const [a, b] = [median(times.brief), median(times.full)]
  const plan = await explain(database.sql, (planned) => full.run(planned, 0.5))
  const sound = b / a <= ALLOWED && plan.indexes.includes(full.index) && !plan.scans.includes('comments')
  if (!sound) slower += 1
  const used = plan.indexes.filter((name) => name.startsWith('comments')).join(' ')
  const figures = `${a.toFixed(2).padStart(9)}${b.toFixed(2).padStart(9)}${(b / a).toFixed(2).padStart(8)}`
  console.log(`${full.name.padEnd(38)}${figures}  ${used}${sound ? '' : '  ← not as expected'}`)
}
await database.close()
console.log(
  `\npeak RSS ${Math.round(process.resourceUsage().maxRSS / 1_000)} MB; ${slower} of ${few.length} reads not as expected`,
)
process.exitCode = slower === 0 ? 0 : 1
