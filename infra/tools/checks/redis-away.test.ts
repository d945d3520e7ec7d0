import { join } from 'node:path'
import { registerSite } from '@repartee/service/testing/people'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { arrive, everything } from '../cluster/arrive.ts'
import { canStartCluster } from '../cluster/missing-programs.ts'
import { counter } from '../cluster/node-counter.ts'
import { type LocalCluster, startLocalCluster } from '../cluster/start-cluster.ts'
import { installed } from '../servers/find-program.ts'
import { startAlertmanager } from '../servers/start-alertmanager.ts'
import { startPrometheus } from '../servers/start-prometheus.ts'
import { startReceiver } from './alert-receiver.ts'

/** Change the configuration and rules to be evaluated every second, with alerts that fire after two. */
const inAHurry = (text: string): string =>
  text
    .replaceAll(/^( *(?:scrape_interval|scrape_timeout|evaluation_interval)): .+$/gm, '$1: 1s')
    .replaceAll(/^( *for): .+$/gm, '$1: 2s')

const PATIENCE = { timeout: 60_000, interval: 100 }

const possible = canStartCluster() && installed('prometheus', 'prometheus-alertmanager')

describe.runIf(possible)('Redis is killed under two monitored nodes', () => {
  const closing: (() => Promise<unknown>)[] = []
  let cluster: LocalCluster
  let prometheusUrl: string
  let receiver: Awaited<ReturnType<typeof startReceiver>>

  beforeAll(async () => {
    receiver = await startReceiver()
    closing.push(receiver.close)
    cluster = await startLocalCluster({ nodes: 2, plain: true, env: { LOG_LEVEL: 'warn', DEMO: 'off' } })
    closing.push(cluster.stop)
    const at = (name: string): string => join(cluster.folder, name)
    const alertmanager = await startAlertmanager({ folder: at('alertmanager'), url: receiver.url })
    closing.push(alertmanager.stop)
    const prometheus = await startPrometheus({
      folder: at('prometheus'),
      targets: {
        nodes: cluster.nodes.map((node) => new URL(node.metricsUrl).host),
        alertmanagers: [alertmanager.address],
      },
      edit: inAHurry,
    })
    closing.push(prometheus.stop)
    prometheusUrl = prometheus.url
  }, 120_000)
  afterAll(async () => {
    for (const close of closing.reverse()) await close()
  })

  /** Result of a query, by instance; for a range, the times in seconds at which there was a value. */
  const ask = async (query: string): Promise<Map<string, readonly number[]>> => {
    const response = await fetch(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`)
    const { data } = (await response.json()) as {
      data: { result: { metric: { instance: string }; values?: [number, string][] }[] }
    }
    return new Map(data.result.map(({ metric, values }) => [metric.instance, (values ?? []).map(([at]) => at)]))
  }
  /** Nodes for which the alert is in that state now. */
  const alerting = async (state: 'firing' | 'pending|firing'): Promise<string[]> =>
    [...(await ask(`ALERTS{alertname="RedisAway",alertstate=~"${state}"}`)).keys()].sort()
  const readiness = () =>
    Promise.all(
      cluster.nodes.map(async ({ url }) => {
        const response = await fetch(`${url}/readyz`)
        return { code: response.status, ...((await response.json()) as { status: string; checks: { bus: string } }) }
      }),
    )

  test('posts and live updates continue, readiness and metrics show why, and the alert fires, is sent and resolves', async () => {
    const [one, two] = cluster.nodes
    if (one === undefined || two === undefined) throw new Error('too few nodes')
    const instances = cluster.nodes.map((node) => new URL(node.metricsUrl).host).sort()
    const site = await registerSite(one, { origins: ['self'] })
    const writer = await arrive({ baseUrl: one.url, site, page: '/away', name: 'Ann' })
    const reader = await arrive({ baseUrl: two.url, site, page: '/away', name: 'Bob' })
    /** Post on the first node; resolves with the time until the reader on the second has it. */
    const post = async (body: string): Promise<number> => {
      const id = await writer.post(body)
      const ackedAt = performance.now()
      await vi.waitFor(() => expect(reader.seen.has(id)).toBe(true), { ...PATIENCE, interval: 5 })
      return performance.now() - ackedAt
    }
    await vi.waitFor(async () => expect((await ask('repartee_redis_up == 1')).size).toBe(2), PATIENCE)
    expect(await alerting('pending|firing')).toEqual([])
    const beforeMs = await post('before')

    await cluster.redis.kill()
    const awayMs: number[] = []
    for (let i = 0; i < 3; i += 1) awayMs.push(await post(`away ${i}`))
    await vi.waitFor(async () => {
      for (const { code, status, checks } of await readiness()) {
        expect([code, status]).toEqual([200, 'degraded'])
        expect(checks.bus).toBe('redis is unavailable: commands are not answered; live updates arrive within 2 s')
      }
    }, PATIENCE)
    for (const node of cluster.nodes) expect(await counter(node, 'repartee_redis_up')).toBe(0)
    await vi.waitFor(async () => expect(await alerting('firing')).toEqual(instances), PATIENCE)
    // Prometheus recorded each as pending first, for as long as the rule says.
    const [pending, fired] = await Promise.all(
      ['pending', 'firing'].map((state) => ask(`ALERTS{alertname="RedisAway",alertstate="${state}"}[10m]`)),
    )
    for (const instance of instances) {
      const pendingAt = pending?.get(instance)?.[0] ?? Number.POSITIVE_INFINITY
      expect((fired?.get(instance)?.[0] ?? 0) - pendingAt).toBeGreaterThanOrEqual(2)
    }
    const told = (status: 'firing' | 'resolved'): string[] => [
      ...new Set(receiver.heard('on-call', status, 'RedisAway').map(({ labels }) => labels.instance ?? '')),
    ]
    await vi.waitFor(() => expect(told('firing').sort()).toEqual(instances), PATIENCE)
    expect(receiver.heard('on-call', 'firing', 'RedisAway')[0]).toMatchObject({
      labels: { severity: 'page' },
      annotations: { runbook: 'infra/docs/runbooks/redis-away.md' },
    })

    await cluster.redis.start()
    const returnedAt = performance.now()
    await vi.waitFor(async () => {
      for (const { status, checks } of await readiness()) expect([status, checks.bus]).toEqual(['ok', 'redis'])
    }, PATIENCE)
    const healedMs = performance.now() - returnedAt
    const afterMs = await post('after')
    await vi.waitFor(async () => expect(await alerting('pending|firing')).toEqual([]), PATIENCE)
    await vi.waitFor(() => expect(told('resolved').sort()).toEqual(instances), PATIENCE)
    await vi.waitFor(async () => expect((await ask('repartee_redis_up == 1')).size).toBe(2), PATIENCE)
    const stored = await everything(writer, '/away')
    const texts = stored.map(({ html }) => html.replaceAll(/<[^>]+>/g, '').trim())
    expect(texts).toEqual(['before', 'away 0', 'away 1', 'away 2', 'after'])
    expect([...reader.seen.keys()]).toEqual(stored.map(({ id }) => id))
    expect(reader.holes).toEqual([])
    console.info(
      `Redis killed: heard on the other node after ${Math.round(beforeMs)} ms before, ${awayMs.map(Math.round).join(', ')} ms without it, ${Math.round(afterMs)} ms after its return; both nodes whole after ${Math.round(healedMs)} ms`,
    )
    writer.close()
    reader.close()
  }, 180_000)
})
