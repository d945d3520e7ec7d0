import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type DashboardBrowser, openDashboard, PASSWORD, secretOf } from '@repartee/service/testing/dashboard-browser'
import { guest, openThread, operate, post, registerSite } from '@repartee/service/testing/people'
import { connect, type WireClient } from '@repartee/service/testing/wire-client'
import { describeNode } from '../servers/built-node.ts'
import { freePort } from '../servers/free-port.ts'
import { table } from '../verify/table.ts'

/*
 * What readers notice while people sign in to the dashboard: the time from posting a comment to its delivery, on one node
 * with its embedded database. Three loads take turns: nothing; a process of idle priority that burns one processor, as the
 * thread that hashes passwords does; and 32 people who sign in again and again.
 *
 *   node --conditions=source --import tsx infra/tools/bench/sign-ins.ts [rounds]
 */
const ROUNDS = Number(process.argv[2] ?? 3)
const PHASE_MS = 8_000
const PEOPLE = 32
const READERS = 20
const POST_EVERY_MS = 100

const folder = await mkdtemp(join(tmpdir(), 'repartee-sign-ins-'))
const port = await freePort()
const node = describeNode({
  name: 'node',
  folder,
  port,
  metricsPort: await freePort(),
  env: { LOG_LEVEL: 'warn', DEMO: 'off' },
})
await node.process.start()
const service = { url: node.url, api: `${node.url}/api/v1`, dataDir: folder } as never as Parameters<typeof operate>[0]

const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** 32 people with accounts, each in a browser that has signed in before. */
const register = async (): Promise<{ email: string; browser: DashboardBrowser }[]> => {
  const people: { email: string; browser: DashboardBrowser }[] = []
  for (let i = 0; i < PEOPLE; i += 1) {
    const email = `person${i}@blog.example`
    const { link } = (await operate(service, 'account.invite', { email })) as { link: string }
    const browser = openDashboard(service)
    await browser.send('POST', '/invitations/accept', { token: secretOf(link), password: PASSWORD })
    people.push({ email, browser })
  }
  return people
}

type Load = { readonly name: string; start(until: number): Promise<number> }

/** Delivery times, in ms, of comments posted during a phase. */
const deliveries = async (
  scene: { readers: WireClient[]; site: string; thread: string; token: string },
  until: number,
) => {
  const times: number[] = []
  while (performance.now() < until) {
    const before = scene.readers.map(({ frames }) => frames.length)
    const sentAt = performance.now()
    const arrivals = scene.readers.map(async (reader, i) => {
      while (!reader.frames.slice(before[i]).some(({ type }) => type === 'delta')) {
        if (performance.now() - sentAt > 5_000) break
        await pause(1)
      }
      times.push(performance.now() - sentAt)
    })
    await post(service, { ...scene, body: `at ${sentAt}` })
    await Promise.all(arrivals)
    await pause(Math.max(0, POST_EVERY_MS - (performance.now() - sentAt)))
  }
  return times
}

const eventLoopDelay = async (): Promise<number> => {
  const metrics = await (await fetch(node.metricsUrl)).text()
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(metrics)?.[1] ?? Number.NaN) * 1_000
}

try {
  const people = await register()
  const site = await registerSite(service)
  const { token } = await guest(service, site)
  const { thread } = await openThread(service, site)
  const readers: WireClient[] = []
  for (let i = 0; i < READERS; i += 1) {
    const reader = await connect(`${node.url}/api/v1`, { origin: 'https://blog.example' })
    await reader.ask({ type: 'hello', version: 1, site })
    await reader.ask({ type: 'subscribe', thread: thread.id, since: thread.head, epoch: thread.epoch })
    readers.push(reader)
  }
  const loads: readonly Load[] = [
    { name: 'nothing', start: async () => 0 },
    {
      name: 'a burner of idle priority',
      start: async (until) => {
        const burner = spawn(process.execPath, [
          '-e',
          `for (const until = Date.now() + ${PHASE_MS * 2}; Date.now() < until; );`,
        ])
        setPriority(burner.pid ?? 0, constants.priority.PRIORITY_LOW)
        await pause(until - performance.now())
        burner.kill('SIGKILL')
        return 0
      },
    },
    {
      name: `${PEOPLE} who sign in`,
      start: async (until) => {
        const input = {
          url: node.url,
          api: `${node.url}/api/v1`,
          ms: until - performance.now(),
          people: people.map(({ email, browser }) => ({ email, cookies: [...browser.cookies] })),
        }
        const script = fileURLToPath(new URL('sign-in-load.ts', import.meta.url))
        const load = spawn(
          process.execPath,
          ['--conditions=source', '--import', 'tsx', script, JSON.stringify(input)],
          {
            stdio: ['ignore', 'pipe', 'inherit'],
          },
        )
        // Other machines would do this work.
        setPriority(load.pid ?? 0, constants.priority.PRIORITY_LOW)
        return Number(await text(load.stdout))
      },
    },
  ]
  const seen = new Map(
    loads.map(({ name }) => [name, { p50: [], p99: [], lag: [], done: [] } as Record<string, number[]>]),
  )
  for (let round = 0; round < ROUNDS; round += 1)
    for (const load of loads.toSorted(() => Math.random() - 0.5)) {
      await eventLoopDelay()
      const until = performance.now() + PHASE_MS
      const [done, times] = await Promise.all([
        load.start(until),
        deliveries({ readers, site, thread: thread.id, token }, until),
      ])
      const kept = seen.get(load.name)
      kept?.p50?.push(quantile(times, 0.5))
      kept?.p99?.push(quantile(times, 0.99))
      kept?.lag?.push(await eventLoopDelay())
      kept?.done?.push(done)
    }
  const median = (values: readonly number[] = []): number => quantile(values, 0.5)
  const burned = median(seen.get('a burner of idle priority')?.p99)
  console.log(
    table(
      ['beside', 'delivery p50 ms', 'p99 ms', 'p99 to the burner’s', 'event loop p99 ms', 'sign-ins'],
      [...seen].map(([name, { p50, p99, lag, done }]) => [
        name,
        median(p50).toFixed(1),
        median(p99).toFixed(1),
        (median(p99) / burned).toFixed(2),
        median(lag).toFixed(1),
        median(done),
      ]),
    ),
  )
  for (const reader of readers) reader.close()
} finally {
  await node.process.stop()
  await rm(folder, { recursive: true, force: true })
}
