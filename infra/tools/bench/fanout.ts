import { setTimeout as pause } from 'node:timers/promises'
import { openRawSocket } from './raw-socket.ts'
import { openReader } from './reader.ts'
import { startBare } from './start-bare.ts'
import { inGroups, quantile, withCluster } from './with-cluster.ts'

/*
 * How long after its acknowledgement on one node a comment reaches the subscribers of another node. The baseline is
 * bare uWebSockets.js in one process with frames of the same size. Posters and subscribers run in this process.
 *
 *   node --conditions=source --import tsx infra/tools/bench/fanout.ts [subscribers] [comments] [per second]
 */
const [subscribers = 1_000, comments = 100, perSecond = 5] = process.argv.slice(2).map(Number)
const GROUP = 50
const MARK = /bench (\d+) /

type Run = { readonly lagsMs: number[]; readonly deliveries: number }

/** Send numbered messages at the given rate, and measure when each reaches each subscriber. */
const measure = async (
  send: (body: string) => Promise<void>,
  onText: (listener: (text: string) => void) => void,
): Promise<Run> => {
  const ackedAt: number[] = []
  const arrivals: { number: number; at: number }[] = []
  onText((text) => {
    const at = performance.now()
    const number = MARK.exec(text)?.[1]
    if (number !== undefined) arrivals.push({ number: Number(number), at })
  })
  for (let number = 0; number < comments; number += 1) {
    const startedAt = performance.now()
    await send(`bench ${number} ${'x'.repeat(200)}`)
    ackedAt[number] = performance.now()
    await pause(Math.max(0, 1_000 / perSecond - (performance.now() - startedAt)))
  }
  for (let waits = 0; arrivals.length < subscribers * comments && waits < 100; waits += 1) await pause(100)
  // A delivery that arrives before the poster's acknowledgement counts as 0 ms.
  return {
    lagsMs: arrivals.map(({ number, at }) => Math.max(0, at - (ackedAt[number] ?? 0))),
    deliveries: arrivals.length,
  }
}

const report = (name: string, { lagsMs, deliveries }: Run): void => {
  const shares = [0.5, 0.9, 0.99, 1].map((share) => quantile(lagsMs, share).toFixed(1))
  console.log(
    `${name}: ${deliveries} of ${subscribers * comments} deliveries, ack to delivery p50 ${shares[0]} ms, p90 ${shares[1]} ms, p99 ${shares[2]} ms, longest ${shares[3]} ms`,
  )
}

const everybody = Array.from({ length: subscribers }, (_, index) => index)

const bare = await startBare()
try {
  let hear = (_text: string): void => undefined
  const sockets = await inGroups(everybody, GROUP, () => openRawSocket(bare.url, 'bench', (text) => hear(text)))
  let acked = (): void => undefined
  const poster = await openRawSocket(bare.url, 'bench', (text) => (text === 'ack' ? acked() : undefined))
  const padding = 'y'.repeat(500)
  const run = await measure(
    (body) =>
      new Promise((resolve) => {
        acked = resolve
        poster.send(`${body}${padding}`)
      }),
    (listener) => {
      hear = listener
    },
  )
  report('bare uWebSockets.js, one process', run)
  for (const socket of [...sockets, poster]) socket.cut()
} finally {
  await bare.stop()
}

await withCluster(async ({ cluster, site, page, post }) => {
  const thread = await page('/fanout')
  let hear = (_text: string): void => undefined
  const url = cluster.nodes[1]?.url ?? ''
  const readers = await inGroups(everybody, GROUP, () =>
    openReader({ url, site, pages: [thread], onDelta: (text) => hear(text) }),
  )
  const run = await measure(
    (body) => post(0, thread, body),
    (listener) => {
      hear = listener
    },
  )
  report('Repartee, posted on node 1, delivered by node 2', run)
  const whole = readers.filter((reader) => reader.position(thread.id) === comments).length
  console.log(`${whole} of ${subscribers} subscribers received every change in order`)
  for (const reader of readers) reader.cut()
})
