import { setTimeout as pause } from 'node:timers/promises'
import { createBackoff } from '@repartee/sdk/backoff'
import type { BuiltNode } from '../servers/built-node.ts'
import { openRawSocket } from './raw-socket.ts'
import { openReader, type Page, type Reader } from './reader.ts'
import { startBare } from './start-bare.ts'
import { inGroups, quantile, withCluster } from './with-cluster.ts'

/*
 * All subscribers are disconnected at the same moment and reconnect through nginx with the SDK's backoff, while
 * comments are posted. Then a node is killed, and its subscribers reconnect to the other one. The baseline is the time
 * that bare uWebSockets.js takes to accept as many connections, with the same clients and the same backoff.
 *
 *   node --conditions=source --import tsx infra/tools/bench/storm.ts [subscribers] [threads]
 */
const [subscribers = 5_000, threadCount = 20] = process.argv.slice(2).map(Number)
const GROUP = 100
const POST_EVERY_MS = 100
const BAR_MS = 10_000

const everybody = Array.from({ length: subscribers }, (_, index) => index)

/** Try until it works, with the SDK's backoff. */
const insist = async <T>(attempt: () => Promise<T>): Promise<{ value: T; tries: number }> => {
  const backoff = createBackoff(Math.random)
  for (let tries = 1; ; tries += 1) {
    await pause(backoff.next())
    try {
      return { value: await attempt(), tries }
    } catch {
      // Refused or cut off: try again later.
    }
  }
}

const report = (name: string, resumedMs: readonly number[], tries: readonly number[]): void => {
  const p99 = quantile(resumedMs, 0.99)
  console.log(
    `${name}: ${resumedMs.length} reconnected, half after ${quantile(resumedMs, 0.5).toFixed(0)} ms, 99 % after ${p99.toFixed(0)} ms, ` +
      `all after ${Math.max(...resumedMs).toFixed(0)} ms; at most ${Math.max(...tries)} attempts`,
  )
}

const reads = async (node: BuiltNode): Promise<Record<string, number>> => {
  const text = await (await fetch(node.metricsUrl)).text()
  return Object.fromEntries(
    [...text.matchAll(/^repartee_thread_reads_total\{what="(\w+)"\} (\d+)$/gm)].map(([, what = '', n]) => [
      what,
      Number(n),
    ]),
  )
}

const bare = await startBare()
try {
  const sockets = await inGroups(everybody, GROUP, () => openRawSocket(bare.url, 'bench', () => undefined))
  const cutAt = performance.now()
  for (const socket of sockets) socket.cut()
  const tries: number[] = []
  const resumedMs = await Promise.all(
    everybody.map(async (index) => {
      const { value, tries: made } = await insist(() => openRawSocket(bare.url, 'bench', () => undefined))
      sockets[index] = value
      tries.push(made)
      return performance.now() - cutAt
    }),
  )
  report('bare uWebSockets.js, connections only', resumedMs, tries)
  for (const socket of sockets) socket.cut()
} finally {
  await bare.stop()
}

await withCluster(async ({ cluster, site, page, post }) => {
  const pages: Page[] = []
  for (let index = 0; index < threadCount; index += 1) pages.push(await page(`/storm/${index}`))
  const pageOf = (index: number): Page => pages[index % threadCount] as Page
  const open = (index: number, head: number): Promise<Reader> =>
    openReader({ url: cluster.url, site, pages: [{ ...pageOf(index), head }], onDelta: () => undefined })
  const readers = await inGroups(everybody, GROUP, (index) => open(index, 0))

  const posted = pages.map(() => 0)
  let posting = true
  let from = 0
  const poster = (async () => {
    for (let turn = 0; posting; turn += 1) {
      const at = turn % threadCount
      await Promise.all([
        post(from, pages[at] as Page, `comment ${turn}`).then(() => (posted[at] = (posted[at] ?? 0) + 1)),
        pause(POST_EVERY_MS),
      ])
    }
  })()

  const storm = async (name: string, nodes: readonly BuiltNode[], who: readonly number[], cut: () => void) => {
    const before = await Promise.all(nodes.map(reads))
    const cutAt = performance.now()
    cut()
    const tries: number[] = []
    const resumedMs = await Promise.all(
      who.map(async (index) => {
        const old = readers[index] as Reader
        await old.closed
        const { value, tries: made } = await insist(() => open(index, old.position(pageOf(index).id)))
        readers[index] = value
        tries.push(made)
        return performance.now() - cutAt
      }),
    )
    report(name, resumedMs, tries)
    console.log(`  99 % within ${BAR_MS / 1_000} s: ${quantile(resumedMs, 0.99) <= BAR_MS ? 'met' : 'MISSED'}`)
    for (const [index, node] of nodes.entries()) {
      const after = await reads(node)
      const made = ['state', 'changes'].map((what) => (after[what] ?? 0) - (before[index]?.[what] ?? 0))
      console.log(
        `  ${node.name}: ${made[0]} reads of state and ${made[1]} of changes for ${threadCount} threads: ` +
          `${(((made[0] ?? 0) + (made[1] ?? 0)) / threadCount).toFixed(2)} per thread`,
      )
    }
  }

  await pause(2_000)
  await storm('Repartee, all cut off', cluster.nodes, everybody, () => {
    for (const reader of readers) reader.cut()
  })

  await pause(2_000)
  const [first, second] = cluster.nodes
  if (first === undefined || second === undefined) throw new Error('two nodes are needed')
  const gone = new Set<number>()
  readers.forEach((reader, index) => void reader.closed.then(() => gone.add(index)))
  from = 1
  await pause(500)
  const killedAt = performance.now()
  await first.process.stop('SIGKILL')
  for (let size = -1; size !== gone.size; await pause(100)) size = gone.size
  console.log(
    `node 1 killed: ${gone.size} lost their connection within ${(performance.now() - killedAt).toFixed(0)} ms`,
  )
  await storm('Repartee, one node killed', [second], [...gone], () => undefined)

  posting = false
  await poster
  await pause(2_000)
  const whole = everybody.filter((index) => readers[index]?.position(pageOf(index).id) === posted[index % threadCount])
  console.log(`${whole.length} of ${subscribers} are at the head of their thread, without a gap`)
  for (const reader of readers) reader.cut()
})
