import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { BUILT_SERVICE } from '../servers/built-node.ts'
import { findProgram } from '../servers/find-program.ts'
import { runChaos } from './chaos.ts'
import { hasNamespaces } from './parts/namespace.ts'
import { GATEWAYS_SCENARIO_MS, gatewaysScenario } from './plan/gateways.ts'
import { isFaultKind } from './plan/kinds.ts'
import { createSchedule } from './plan/schedule.ts'
import { describeReport, describeSchedule } from './report.ts'

const usage = `Usage: npm run chaos -- [options]

  --minutes M      how long comments are posted (10)
  --seed S         the same seed gives the same faults (random)
  --report FILE    write the report to FILE, as JSON
  --nodes N        how many nodes of the service (3)
  --rate N         comments per second while nothing fails (400)
  --kinds A,B,…    only these kinds of faults, from plan/kinds.ts
  --netns          put each node in its own network namespace, so that partitions lose packets; needs root
  --no-nginx       clients connect to the nodes directly
  --service DIR    folder of the built service (service/dist)
  --keep           keep the logs and the database even after a good run
  --scenario gateways   one gateway killed, one draining, the third failing, in 30 s; no seed
  --plan           print the faults and stop`

/** Faults end this long before the load ends. */
const QUIET_MS = 15_000

const one = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const

const main = async (): Promise<number> => {
  const { values: v } = parseArgs({
    options: {
      minutes: { ...one, default: '10' },
      seed: { ...one, default: String(Math.floor(Math.random() * 2 ** 31)) },
      report: one,
      nodes: { ...one, default: '3' },
      rate: { ...one, default: '400' },
      kinds: one,
      netns: flag,
      'no-nginx': flag,
      service: { ...one, default: BUILT_SERVICE },
      keep: flag,
      scenario: one,
      plan: flag,
      help: flag,
    },
  })
  if (v.help) {
    console.log(usage)
    return 0
  }
  const number = (name: 'minutes' | 'seed' | 'nodes' | 'rate'): number => {
    const value = Number(v[name])
    if (!(value >= 0)) throw new Error(`--${name}: not a number: ${v[name]}`)
    return value
  }
  if (v.scenario !== undefined && v.scenario !== 'gateways')
    throw new Error(`--scenario: unknown scenario ${v.scenario}`)
  const isScenario = v.scenario !== undefined
  const forMs = isScenario ? GATEWAYS_SCENARIO_MS : number('minutes') * 60_000
  const nginx = !v['no-nginx'] && findProgram('nginx') !== null
  const topology = { nodes: number('nodes'), gateways: 3, nginx, namespaces: v.netns }
  const seed = number('seed')
  const words = v.kinds?.split(',')
  const only = words?.filter(isFaultKind)
  if (only?.length !== words?.length) throw new Error(`--kinds: unknown fault in ${v.kinds}`)
  const drawn = () =>
    createSchedule({
      ...topology,
      ...(only !== undefined && { kinds: only }),
      seed,
      forMs: forMs - QUIET_MS,
      longestMs: Math.max(5_000, forMs / 10),
    })
  const schedule = isScenario ? gatewaysScenario : drawn()
  console.log(`seed ${seed}\n${describeSchedule(schedule)}`)
  if (v.plan) return 0
  if (v.netns && !hasNamespaces()) throw new Error('--netns needs root and iproute2')

  const report = await runChaos({
    ...topology,
    seed,
    forMs,
    schedule,
    service: v.service,
    threads: 24,
    mixedThreads: 4,
    posters: 96,
    readers: 16,
    perSecond: number('rate'),
    keep: v.keep,
    say: console.log,
  })
  if (v.report !== undefined) {
    await mkdir(dirname(v.report), { recursive: true })
    await writeFile(v.report, `${JSON.stringify(report, null, 2)}\n`)
  }
  console.log(describeReport(report))
  return report.good ? 0 : 1
}

const exitCode = await main().catch((error: unknown) => {
  console.error(error, `\n\n${usage}`)
  return 2
})
// Without this, Node 20 was once seen to hang in its own clean-up, waiting for a handle.
process.exit(exitCode)
