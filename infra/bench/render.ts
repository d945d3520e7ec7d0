/** Worst cases of rendering one comment: `node --conditions=source --import tsx infra/bench/render.ts [seconds]` */
import { renderBody } from '../../service/src/core/markdown/render.ts'
import { isBlank, normaliseBody } from '../../service/src/core/markdown/text.ts'
import { pathologicalBodies } from '../../service/test/injection/pathological.ts'

const barMs = 50
const size = 20_000
const fuzzMs = Number(process.argv[2] ?? 10) * 1_000

const fragments =
  '* _ ** __ ~~ ` `` ``` [ ] ( ) ![ ]( [a] [a]: < > <http:// http:// https://a.bc/ @ & &amp; &#x202e; # - + 1. > \\ " \' : . a b é \u0301 \u202e \u2067 \u2069 😀 www. ://'
    .split(' ')
    .concat([' ', '  ', '\n', '\n\n', '\n> ', '\n- ', '\n    ', '\t'])

const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T

/** A few random fragments repeated to the full size: what pathological inputs look like. */
const randomBody = (): string => {
  const unit = Array.from({ length: 1 + Math.floor(Math.random() * 8) }, () => pick(fragments)).join('')
  const start = Array.from({ length: Math.floor(Math.random() * 6) }, () => pick(fragments)).join('')
  return (start + unit.repeat(Math.ceil(size / unit.length))).slice(0, size)
}

const timeMs = (work: () => void): number => {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}

/** The best of three, so that a busy machine or a collection of garbage is not taken for the algorithm. */
const bestMs = (work: () => void): number => Math.min(timeMs(work), timeMs(work), timeMs(work))

type Result = { name: string; ms: number }
const worst = (results: Result[], count: number): Result[] => results.sort((a, b) => b.ms - a.ms).slice(0, count)
const print = (title: string, results: Result[]): void => {
  console.log(`\n${title}`)
  for (const { name, ms } of results) console.log(`${ms.toFixed(1).padStart(8)} ms  ${name}`)
}

const bodies = pathologicalBodies(size)
for (const { body } of bodies) renderBody(body)

const listed = bodies.map(({ name, body }) => ({ name, ms: bestMs(() => renderBody(body)) }))
print(`renderBody, ${bodies.length} adversarial bodies of ${size} code units`, worst(listed, 12))

const other = bodies.flatMap(({ name, body }) => [
  { name: `normaliseBody: ${name}`, ms: bestMs(() => normaliseBody(body)) },
  { name: `isBlank: ${name}`, ms: bestMs(() => isBlank(body)) },
])
print('normaliseBody and isBlank, the same bodies', worst(other, 6))

const random: Result[] = []
const until = performance.now() + fuzzMs
while (performance.now() < until) {
  const body = randomBody()
  let ms = timeMs(() => renderBody(body))
  if (ms > barMs / 2)
    ms = Math.min(
      ms,
      bestMs(() => renderBody(body)),
    )
  random.push({ name: JSON.stringify(body.slice(0, 60)), ms })
}
print(`renderBody, ${random.length} random bodies of ${size} code units`, worst(random, 12))

const slowest = worst([...listed, ...random], 1)[0]?.ms ?? 0
console.log(`\nslowest ${slowest.toFixed(1)} ms, bar ${barMs} ms: ${slowest < barMs ? 'met' : 'MISSED'}`)
process.exitCode = slowest < barMs ? 0 : 1
