import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeNode } from '../servers/built-node.ts'
import { freePort } from '../servers/free-port.ts'

/** Time until the built service is ready (to 20 ms) with an empty and an existing data folder, and its peak memory. */
const ROUNDS = 5

/** Highest resident set since the process started, in MB (proc(5), VmHWM); Linux only. */
const peakMb = async (pid: number): Promise<number> =>
  Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024)

const measure = async (dataDir: string): Promise<{ readyMs: number; peak: number }> => {
  const options = { name: 'the service', folder: dataDir, port: await freePort(), metricsPort: 0 }
  const node = describeNode({ ...options, env: { LOG_LEVEL: 'error' } })
  const from = performance.now()
  await node.process.start()
  const readyMs = performance.now() - from
  const peak = await peakMb(node.process.pid ?? 0)
  await node.process.stop()
  return { readyMs, peak }
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const results = {
  empty: [] as number[],
  existing: [] as number[],
  emptyPeak: [] as number[],
  existingPeak: [] as number[],
}
for (let round = 0; round < ROUNDS; round += 1) {
  const dataDir = await mkdtemp(join(tmpdir(), 'repartee-start-'))
  const first = await measure(dataDir)
  const second = await measure(dataDir)
  await rm(dataDir, { recursive: true, force: true })
  results.empty.push(first.readyMs)
  results.existing.push(second.readyMs)
  results.emptyPeak.push(first.peak)
  results.existingPeak.push(second.peak)
}
console.log(
  `empty data folder: ready in ${Math.round(median(results.empty))} ms (median of ${ROUNDS}, bar 3000), peak ${median(results.emptyPeak)} MB`,
)
console.log(
  `existing data folder: ready in ${Math.round(median(results.existing))} ms (median of ${ROUNDS}, bar 1000), peak ${median(results.existingPeak)} MB`,
)
