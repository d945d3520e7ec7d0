import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runSteps, type Step } from './steps.ts'
import { describeSteps, describeSuites } from './verify-summary.ts'

/** The check stays shorter than this for good; what takes longer belongs into `npm run verify:long`. */
const LIMIT_S = 15 * 60

const { values } = parseArgs({
  options: {
    started: { type: 'string' },
    strict: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
  },
})
const startedAt = values.started === undefined ? Date.now() : Number(values.started) * 1_000

const folder = mkdtempSync(join(tmpdir(), 'repartee-verify-'))
const times = join(folder, 'suites')
process.env.SUITE_TIMES = times

const npm = (...words: string[]): string[] => ['npm', 'run', '--silent', ...words]
const suites = (...names: string[]): string[] => ['npx', 'vitest', 'run', ...names.map((name) => `--project=${name}`)]

/** What every change must pass. */
const check: readonly Step[] = [
  // What is not there in time is not waited for: the tests that need it say so.
  { name: 'judges', command: ['timeout', '300', 'bash', 'infra/tools/checks/install-tools.sh'], optional: true },
  { name: 'build', command: npm('build') },
  { name: 'lint', command: npm('lint'), behind: true },
  { name: 'types', command: npm('types'), behind: true },
  { name: 'unit', command: suites('unit'), live: true },
  { name: 'size', command: npm('size'), needs: ['build'], behind: true },
  {
    name: 'suites',
    command: suites('chaos', 'deployment', 'e2e', 'integration'),
    needs: ['build'],
    after: ['judges', 'unit'],
    live: true,
  },
]

/** Namespaces, which partition nodes from each other, take root. */
const partitions = process.getuid?.() === 0 ? ['--netns'] : []
const chaos = npm('chaos', '--', ...partitions, '--minutes', '10', '--report', 'artifacts/chaos.json')
/** What takes longer, one after the other. */
const longCheck: readonly Step[] = [
  { name: 'build', command: npm('build') },
  { name: 'full size', command: suites('long'), needs: ['build'], live: true },
  { name: 'ten minutes of faults', command: chaos, needs: ['build'], after: ['full size'], live: true },
  {
    name: 'ten times, beside other work',
    command: npm('repeat', '--', '--times', '10', '--busy', '2'),
    needs: ['build'],
    after: ['ten minutes of faults'],
    live: true,
  },
]

const outcomes = await runSteps(values.long ? longCheck : check)
console.log(`\n${describeSuites(readFileSync(times, { encoding: 'utf8', flag: 'a+' }))}`)
rmSync(folder, { recursive: true })
const seconds = (Date.now() - startedAt) / 1_000
console.log(describeSteps(outcomes, seconds))

const isLate = !values.long && seconds > LIMIT_S
if (isLate)
  console.error(
    `TOO LONG: ${Math.round(seconds)} s, and ${LIMIT_S} s is the limit. On a machine with nothing else to do, speed up ` +
      'the slowest files above, or move what is long to `npm run verify:long`.',
  )
const good = outcomes.every(({ result }) => result === 'passed')
process.exitCode = good && !(isLate && values.strict) ? 0 : 1
