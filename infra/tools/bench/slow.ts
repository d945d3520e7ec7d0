import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { openReader, type Reader } from './reader.ts'
import { inGroups, quantile, withCluster } from './with-cluster.ts'

/*
 * Some subscribers of a node stop reading while comments are posted. Deliveries to the others must not get slower, the
 * node's memory must stay bounded, and the stuck subscribers must be closed with the resume code and catch up once they
 * reconnect. The baseline is the same load in the same run while all subscribers read. The stuck ones also follow a
 * second, busier page with long comments, because the socket buffers between two ends of one machine hold megabytes.
 *
 *   node --conditions=source --import tsx infra/tools/bench/slow.ts [subscribers] [stuck] [seconds]
 */
const [subscribers = 1_000, stuckCount = 50, seconds = 30] = process.argv.slice(2).map(Number)
const GROUP = 50
const EVERY_MS = 100
const NOISE_EVERY_MS = 25
const NOISE = 'Lorem ipsum dolor sit amet. '.repeat(340)
const ALLOWED = 1.2
const MARK = /bench (\d+) at (\d+\.\d+)/

const residentMb = async (pid: number | undefined): Promise<number> =>
  Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024

await withCluster(async ({ cluster, site, page, post }) => {
  const quiet = await page('/quiet')
  const busy = await page('/busy')
  const node = cluster.nodes[1]
  if (node === undefined) throw new Error('two nodes are needed')
  let lagsMs: number[] = []
  const hear = (text: string): void => {
    const mark = MARK.exec(text)
    if (mark !== null) lagsMs.push(performance.now() - Number(mark[2]))
  }
  const others = await inGroups(Array.from({ length: subscribers - stuckCount }), GROUP, () =>
    openReader({ url: node.url, site, pages: [quiet], onDelta: hear }),
  )
  const stuck = await inGroups(Array.from({ length: stuckCount }), GROUP, () =>
    openReader({ url: node.url, site, pages: [quiet, busy], onDelta: () => undefined }),
  )

  let posted = 0
  let noise = 0
  /** Post for `seconds`, then until `done`, but at most twice as long; resolves with the p99 in ms. */
  const phase = async (name: string, done: () => boolean = () => true): Promise<number> => {
    lagsMs = []
    let peakMb = 0
    const startedAt = performance.now()
    const isOver = (): boolean => {
      const lasted = (performance.now() - startedAt) / 1_000
      return lasted >= seconds * 2 || (lasted >= seconds && done())
    }
    const every = async (ms: number, work: () => Promise<void>): Promise<void> => {
      while (!isOver()) await Promise.all([work(), pause(ms)])
    }
    await Promise.all([
      every(EVERY_MS, async () => {
        posted += 1
        await post(0, quiet, `bench ${posted} at ${performance.now().toFixed(3)}`)
      }),
      every(NOISE_EVERY_MS, async () => {
        noise += 1
        await post(0, busy, `${NOISE}${noise}`)
      }),
      every(500, async () => {
        peakMb = Math.max(peakMb, await residentMb(node.process.pid))
      }),
    ])
    await pause(1_000)
    const p99 = quantile(lagsMs, 0.99)
    console.log(
      `${name}: post to delivery for the ${others.length} that read: p50 ${quantile(lagsMs, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms ` +
        `(${lagsMs.length} deliveries); memory of the node at most ${peakMb.toFixed(0)} MB`,
    )
    return p99
  }

  const closedByNode = async (): Promise<string[]> =>
    (await (await fetch(node.metricsUrl)).text())
      .split('\n')
      .filter((line) => line.startsWith('repartee_socket_closes_total'))
  let closed = 0
  const counting = setInterval(async () => {
    closed = (await closedByNode()).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }, 500)

  await phase('warming up')
  const before = await phase('all read')
  for (const reader of stuck) reader.pause()
  const after = await phase(`${stuckCount} stopped reading`, () => closed >= stuckCount)
  clearInterval(counting)
  console.log(`the others’ p99 rose by a factor of ${(after / before).toFixed(2)}; bar ${ALLOWED}`)

  const closes = await closedByNode()
  console.log(`closed by the node: ${closes.join(', ') || 'none'}`)
  for (const reader of stuck) reader.resume()
  const late = setTimeout(() => stuck.forEach((reader) => void reader.cut()), 5_000)
  const codes = await Promise.all(stuck.map((reader) => reader.closed))
  clearTimeout(late)
  const perCode = [...new Set(codes)].map((code) => `${codes.filter((other) => other === code).length} × ${code}`)
  console.log(`close codes of the stuck clients: ${perCode.join(', ')}`)

  const pages = (reader: Reader) => [quiet, busy].map((thread) => ({ ...thread, head: reader.position(thread.id) }))
  const back = await inGroups(stuck, GROUP, async (reader) =>
    openReader({ url: node.url, site, pages: pages(reader), onDelta: () => undefined }),
  )
  await pause(1_000)
  const heads = new Map([
    [quiet.id, posted],
    [busy.id, noise],
  ])
  /** The head of each page for clients that reload it. */
  const reloadedHeads = new Map([
    [quiet.id, (await page('/quiet')).head],
    [busy.id, (await page('/busy')).head],
  ])
  const whole = back.filter((reader) =>
    [...heads].every(([id, head]) => (reader.reloads.has(id) ? reloadedHeads.get(id) : reader.position(id)) === head),
  )
  const reloaded = back.filter(({ reloads }) => reloads.size > 0).length
  console.log(
    `up to date after reconnecting: ${whole.length} of ${stuckCount}; ${reloaded} were told to reload a page, the others got what they had missed`,
  )
  const complete = others.filter((reader) => reader.position(quiet.id) === posted).length
  console.log(`${complete} of ${others.length} others received everything in order`)
  for (const reader of [...others, ...back]) reader.cut()
})
