import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { guest, openThread, post, registerSite } from '../../testing/people.ts'
import type { RunningService } from '../../testing/start-service.ts'
import { call, connect } from '../../testing/wire-client.ts'
import { possible, startTwoNodes, type TwoNodes } from './two-nodes.ts'

const ORIGIN = 'https://blog.example'
const COMMENTS = 12

/** Every series of a node, by its name and labels in /metrics. */
const scrape = async (node: RunningService): Promise<ReadonlyMap<string, number>> => {
  const text = await (await fetch(`http://127.0.0.1:${node.metricsPort}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

describe.runIf(possible)('metrics of a node that has served readers', () => {
  let nodes: TwoNodes
  let one: RunningService
  let two: RunningService
  let onOne: ReadonlyMap<string, number>
  let onTwo: ReadonlyMap<string, number>

  beforeAll(async () => {
    nodes = await startTwoNodes()
    ;({ one, two } = nodes)
    const site = await registerSite(one)
    const { thread } = await openThread(one, site)
    const { token } = await guest(one, site)

    const watcher = await connect(two.api, { origin: ORIGIN })
    await watcher.ask({ type: 'hello', site, version: 1 })
    await watcher.ask({ type: 'subscribe', thread: thread.id, since: 0, epoch: thread.epoch })

    const key = newId()
    await post(one, { site, thread: thread.id, token, key, body: 'the first' })
    for (let n = 1; n < COMMENTS; n += 1) await post(one, { site, thread: thread.id, token, body: `comment ${n}` })
    const url = `${one.api}/sites/${site}/threads/${thread.id}/comments`
    expect((await call('POST', url, { token, body: { key, body: 'another text' } })).status).toBe(409)
    await vi.waitFor(
      () => expect(watcher.frames.some((frame) => frame.type === 'delta' && frame.to === COMMENTS)).toBe(true),
      30_000,
    )

    const strict = await registerSite(one, { settings: { premoderation: 'all', commentsPerMinute: 1 } })
    const held = (await openThread(one, strict)).thread.id
    const hasty = await guest(one, strict)
    await post(one, { site: strict, thread: held, token: hasty.token })
    const again = { token: hasty.token, body: { key: newId(), body: 'again' } }
    expect((await call('POST', `${one.api}/sites/${strict}/threads/${held}/comments`, again)).status).toBe(429)

    const noisy = await connect(two.api, { origin: ORIGIN })
    await noisy.ask({ type: 'hello', site, version: 1 })
    for (let n = 0; n < 200; n += 1) noisy.send({ type: 'unsubscribe', ref: 1_000 + n, thread: thread.id })
    await vi.waitFor(() => {
      expect(noisy.frames.some((frame) => frame.type === 'error' && frame.error.code === 'rate_limited')).toBe(true)
    }, 30_000)
    noisy.close()

    onOne = await scrape(one)
    onTwo = await vi.waitFor(async () => {
      const series = await scrape(two)
      expect(series.get('repartee_sockets')).toBe(1)
      return series
    }, 30_000)
    watcher.close()
  }, 180_000)
  afterAll(async () => {
    await nodes?.stop()
  })

  test.each([
    ['commands carried out', 'repartee_commands_total{type="comment.create",outcome="ok"}', COMMENTS + 1],
    ['commands refused, by code', 'repartee_commands_total{type="comment.create",outcome="key_reused"}', 1],
    ['commands refused by a rate limit', 'repartee_commands_total{type="comment.create",outcome="rate_limited"}', 1],
    ['the time of commits', 'repartee_commit_ms_count{kind="create"}', COMMENTS + 1],
    ['the time of answers', 'repartee_command_ms_count{type="comment.create"}', COMMENTS + 3],
    ['how many comments a statement stored', 'repartee_group_size_sum', COMMENTS + 1],
    ['rate limits', 'repartee_rate_limited_total{rule="comments"}', 1],
    ['comments held by moderation', 'repartee_moderation_verdicts_total{phase="premoderation",verdict="pending"}', 1],
    ['whether Redis answers', 'repartee_redis_up', 1],
    ['whether the database answers', 'repartee_db_up', 1],
  ])('%s', (_, series, value) => {
    expect([series, onOne.get(series)]).toEqual([series, value])
  })

  test('deltas: published on one node, delivered to the sockets of the other, with their lag', () => {
    expect(onOne.get('repartee_deltas_published_total')).toBeGreaterThan(0)
    expect(onOne.get('repartee_delta_lag_ms_count{from="here"}')).toBe(onOne.get('repartee_deltas_published_total'))
    expect(onOne.get('repartee_deliveries_total')).toBe(0)
    expect(onTwo.get('repartee_delta_lag_ms_count{from="bus"}')).toBeGreaterThan(0)
    // Both nodes use the time of their database, and nothing here takes minutes.
    expect(onTwo.get('repartee_delta_lag_ms_sum{from="bus"}')).toBeLessThan(60_000 * COMMENTS)
    expect(onTwo.get('repartee_deliveries_total')).toBeGreaterThan(0)
  })

  test('a flood on a socket counts as rate-limited, and closed sockets count by code', () => {
    expect(onTwo.get('repartee_rate_limited_total{rule="messages"}')).toBeGreaterThan(0)
    const closes = [...onTwo].filter(([name]) => name.startsWith('repartee_socket_closes_total{'))
    expect(closes.reduce((sum, [, count]) => sum + count, 0)).toBe(1)
  })

  test('database hosts, their connections and the waits for them', () => {
    const of = (name: string): number[] =>
      [...onOne].filter(([series]) => series.startsWith(`repartee_${name}`)).map(([, value]) => value)
    expect(of('db_host_up{')).toEqual([1])
    expect(of('db_connections{')).toHaveLength(3)
    expect(of('db_checkout_ms_count{')[0]).toBeGreaterThan(0)
    expect(of('redis_ping_ms_count{').length).toBeGreaterThan(0)
  })

  test('event-loop lag, memory, and counters at 0: gaps, reloads', () => {
    expect(onOne.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0)
    expect(onOne.get('process_resident_memory_bytes')).toBeGreaterThan(0)
    expect(onOne.get('repartee_delta_gaps_total')).toBe(0)
    expect(onOne.get('repartee_reloads_total')).toBe(0)
  })
})
