import type { Delta } from '@repartee/sdk/protocol'
import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../../testing/eventually.ts'
import { guest, openThread, post, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { connect, type WireClient } from '../../testing/wire-client.ts'

const READERS = 300
const MISSED = 40

const counted = async (service: RunningService, series: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')
      .at(-1) ?? 0,
  )
}
const reads = async (service: RunningService): Promise<{ state: number; changes: number }> => ({
  state: await counted(service, 'repartee_thread_reads_total{what="state"}'),
  changes: await counted(service, 'repartee_thread_reads_total{what="changes"}'),
})

describe.runIf(installed('postgres'))('many readers reconnect at once', () => {
  let env: Record<string, string>
  let first: RunningService
  let site: string
  const running: RunningService[] = []

  beforeAll(async () => {
    const postgres = await sharedPostgres()
    env = { DATABASE_URL: await postgres.createDatabase(), REPARTEE_SECRET: 'a secret that both of the nodes share' }
    first = await startService(env)
    site = await registerSite(first)
    return () => first.dispose()
  })
  afterEach(async () => {
    for (const service of running.splice(0)) await service.dispose()
  })
  const another = async (more: Record<string, string> = {}): Promise<RunningService> => {
    const service = await startService({ ...env, ...more })
    running.push(service)
    return service
  }

  const comeBack = async (
    service: RunningService,
    position: { thread: string; since: number; epoch: string },
  ): Promise<WireClient> => {
    const client = await connect(service.api, { origin: 'https://blog.example' })
    await client.ask({ type: 'hello', site, version: 1 })
    const answer = await client.ask({ type: 'subscribe', ...position })
    expect(answer).toMatchObject({ type: 'ok' })
    return client
  }
  const heard = (client: WireClient): Delta[] => client.frames.filter((frame) => frame.type === 'delta')

  test('a node new to the thread reads its state once and the missed changes once', async () => {
    const { thread } = await openThread(first, site)
    const writer = await guest(first, site)
    for (let i = 0; i < MISSED; i += 1)
      await post(first, { site, thread: thread.id, token: writer.token, body: `${i}` })
    const node = await another()
    const clients = await Promise.all(
      Array.from({ length: READERS }, (_, index) =>
        comeBack(node, { thread: thread.id, since: index % 20, epoch: thread.epoch }),
      ),
    )
    await eventually(() => expect(clients.every((client) => heard(client).at(-1)?.to === MISSED)).toBe(true))
    expect(clients.map((client) => heard(client)[0]?.from)).toEqual(clients.map((_, index) => index % 20))
    expect(await reads(node)).toEqual({ state: 1, changes: 1 })
    for (const client of clients) client.close()
  })

  test('a node that already serves the thread reads nothing, while the thread changes', async () => {
    const { thread } = await openThread(first, site)
    const writer = await guest(first, site)
    const stays = await comeBack(first, { thread: thread.id, since: 0, epoch: thread.epoch })
    const before = await reads(first)
    let came = 0
    const clients: WireClient[] = []
    await Promise.all([
      ...Array.from({ length: READERS }, async () => {
        clients.push(await comeBack(first, { thread: thread.id, since: 0, epoch: thread.epoch }))
        came += 1
      }),
      (async () => {
        for (let i = 0; i < MISSED || came < READERS; i += 1)
          await post(first, { site, thread: thread.id, token: writer.token, body: `${i}` })
      })(),
    ])
    const to = (): number => heard(stays).at(-1)?.to ?? 0
    await eventually(() => {
      expect(to()).toBeGreaterThanOrEqual(MISSED)
      for (const client of clients) expect(heard(client).at(-1)?.to).toBe(to())
    })
    for (const client of clients) {
      const deltas = heard(client)
      expect(deltas.map((delta) => delta.from)).toEqual([0, ...deltas.slice(0, -1).map((delta) => delta.to)])
    }
    expect(await reads(first)).toEqual(before)
    for (const client of [stays, ...clients]) client.close()
  })

  test('above its rate a node queues readers, and tells those it cannot serve soon how long to wait', async () => {
    const { thread } = await openThread(first, site)
    const node = await another({ ADMISSIONS_PER_SECOND: '20' })
    const startedAt = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 130 }, async () => {
        const client = await connect(node.api, { origin: 'https://blog.example' }).catch(() => null)
        const answer = await client?.ask({ type: 'hello', site, version: 1 })
        return { client, answer, afterMs: performance.now() - startedAt }
      }),
    )
    const welcomed = answers.filter(({ answer }) => answer?.type === 'welcome')
    // One second's worth is served at once, four seconds' worth waits in the queue.
    expect(welcomed.length).toBeGreaterThanOrEqual(95)
    expect(Math.max(...welcomed.map(({ afterMs }) => afterMs))).toBeGreaterThan(3_000)
    for (const { client, answer } of answers) {
      if (client === null || answer?.type !== 'error') continue
      expect(answer.error).toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) })
      expect(await client.closed).toBe(4004)
    }
    // The queue is empty, and a reader is served at once.
    const calm = await comeBack(node, { thread: thread.id, since: 0, epoch: thread.epoch })
    calm.close()
    for (const { client } of answers) client?.close()
  })
})
