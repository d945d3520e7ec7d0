/** The slowest cases of rendering one comment: `node --conditions=source --import tsx infra/tools/bench/bench-render.ts [seconds]` */
import { renderBody } from '@repartee/service/markdown/render-markdown'
import { isBlank, normaliseBody } from '@repartee/service/markdown/text'
import { pathologicalBodies } from '@repartee/service/testing/pathological-bodies'

const barMs = 50
const size = 20_000
const fuzzMs = Number(process.argv[2] ?? 10) * 1_000

const fragments =
  '* _ ** __ ~~ ` `` ``` [ ] ( ) ![ ]( [a] [a]: < > <http:// http:// https://a.bc/ @ & &amp; &#x202e; # - + 1. > \\ " \' : . a b é \u0301 \u202e \u2067 \u2069 😀 www. ://'
    .split(' ')
    .concat([' ', '  ', '\n', '\n\n', '\n> ', '\n- ', '\n    ', '\t'])

const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T

const randomUnit = (longest: number): string =>
  Array.from({ length: 1 + Math.floor(Math.random() * longest) }, () => pick(fragments)).join('')

/** Pathological inputs often look like this: a start, then one or two units repeated up to the full size. */
const randomBody = (): string => {
  const start = Math.random() < 0.5 ? randomUnit(5) : ''
  const [first, second] = [randomUnit(8), randomUnit(8)]
  const split = Math.random() < 0.5 ? size : size / 2
  const body = (start + first.repeat(Math.ceil(split / first.length))).slice(0, split)
  return (body + second.repeat(Math.ceil(size / second.length))).slice(0, size)
}

/** CPU time including the garbage collector's threads, so that other load on the machine does not count. */
const timeMs = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

/** The best of three, so that one garbage collection does not distort the result. */
const bestMs = (work: () => void): number => Math.min(timeMs(work), timeMs(work), timeMs(work))

type Result = { name: string; ms: number; body: string }
const worst = (results: Result[], count: number): Result[] => results.sort((a, b) => b.ms - a.ms).slice(0, count)
const print = (title: string, results: Result[]): void => {
  console.log(`\n${title}`)
  for (const { name, ms } of results) console.log(`${ms.toFixed(1).padStart(8)} ms  ${name}`)
}

const bodies = pathologicalBodies(size)
for (const { body } of bodies) renderBody(body)

const listed = bodies.map(({ name, body }) => ({ name, body, ms: bestMs(() => renderBody(body)) }))
print(`renderBody, ${bodies.length} adversarial bodies of ${size} code units`, worst(listed, 12))

const other = bodies.flatMap(({ name, body }) => [
  { name: `normaliseBody: ${name}`, body, ms: bestMs(() => normaliseBody(body)) },
  { name: `isBlank: ${name}`, body, ms: bestMs(() => isBlank(body)) },
])
print('normaliseBody and isBlank, the same bodies', worst(other, 6))

const random: Result[] = []
const until = performance.now() + fuzzMs
while (performance.now() < until) {
  const body = randomBody()
  random.push({ name: JSON.stringify(body.slice(0, 60)), body, ms: timeMs(() => renderBody(body)) })
}
// Measure the slowest again, more often: most of them were slow by chance.
const suspects = worst(random, 40).map((result) => ({
  ...result,
  ms: Math.min(...Array.from({ length: 10 }, () => timeMs(() => renderBody(result.body)))),
}))
print(`renderBody, the worst of ${random.length} random bodies of ${size} code units`, worst(suspects, 12))

const slowest = worst([...listed, ...suspects], 1)[0]?.ms ?? 0
console.log(`\nslowest ${slowest.toFixed(1)} ms, bar ${barMs} ms: ${slowest < barMs ? 'met' : 'MISSED'}`)
process.exitCode = slowest < barMs ? 0 : 1
