import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { table } from './verify/table.ts'

/*
 * Run suites again and again on a machine that is busy with other things: what fails now and then fails here. Prints each
 * test that failed and how often, and ends with 1 if there was one.
 */
const usage = `Usage: npm run repeat -- [options] [files]

  --times N    runs (10)
  --busy N     processes that do nothing but take processor time (2)
  --suite NAME one of the projects of vitest.config.ts, as often as wanted (all but \`long\`)
`
const { values: flags, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: 'string', default: '10' },
    busy: { type: 'string', default: '2' },
    suite: { type: 'string', multiple: true, default: ['chaos', 'deployment', 'e2e', 'integration', 'unit'] },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (flags.help) {
  process.stdout.write(usage)
  process.exit()
}

/** What is needed of vitest's report. */
type Report = {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Should this process be killed before it can end them, they end by themselves. */
const LONGEST_MS = 6 * 60 * 60_000
const busyLoop = (): ChildProcess =>
  spawn(process.execPath, ['-e', `for (const until = Date.now() + ${LONGEST_MS}; Date.now() < until; );`])

const folder = mkdtempSync(join(tmpdir(), 'repartee-repeat-'))
const runOnce = async (run: number): Promise<{ seconds: number; failed: string[] }> => {
  const report = join(folder, `${run}.json`)
  const startedAt = performance.now()
  const words = ['vitest', 'run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`]
  const child = spawn('npx', [...words, ...flags.suite.map((suite) => `--project=${suite}`), ...files], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  const seconds = (performance.now() - startedAt) / 1_000
  if (!existsSync(report)) return { seconds, failed: [`the run itself ended with ${code}`] }
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report
  const failed = testResults.flatMap(({ name, message, assertionResults }) => {
    const file = name.replace(`${process.cwd()}/`, '')
    const own = assertionResults.filter(({ status }) => status === 'failed')
    if (own.length === 0 && message !== '') return [`${file}: ${message.split('\n')[0]}`]
    return own.map(({ fullName, failureMessages }) => `${file} > ${fullName}: ${failureMessages[0]?.split('\n')[0]}`)
  })
  return {
    seconds,
    failed: failed.length === 0 && code !== 0 ? [`no test failed, but the run ended with ${code}`] : failed,
  }
}

const loops = Array.from({ length: Number(flags.busy) }, busyLoop)
const failures = new Map<string, number>()
const runs: (string | number)[][] = []
try {
  for (let run = 1; run <= Number(flags.times); run += 1) {
    const { seconds, failed } = await runOnce(run)
    runs.push([run, failed.length, seconds.toFixed(1)])
    for (const failure of failed) failures.set(failure, (failures.get(failure) ?? 0) + 1)
  }
} finally {
  for (const loop of loops) loop.kill('SIGKILL')
  rmSync(folder, { recursive: true })
}
console.log(`\n${table(['run', 'failed', 'seconds'], runs)}`)
if (failures.size > 0)
  console.log(
    table(
      ['times', 'failed'],
      [...failures].map(([what, times]) => [times, what]),
    ),
  )
process.exitCode = failures.size === 0 ? 0 : 1
