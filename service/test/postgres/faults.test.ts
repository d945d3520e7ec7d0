import { newId } from '@repartee/sdk/protocol'
import type { FaultProxy } from '@repartee/tools/chaos/proxy/start-fault-proxy'
import { installed } from '@repartee/tools/servers/find-program'
import { describe, expect, test, vi } from 'vitest'
import { createThreadWriter } from '../../src/core/threads/thread-writer.ts'
import { noMetrics } from '../../testing/no-metrics.ts'
import { comment, one, openScene, present, replyTo } from '../../testing/store-scene.ts'
import { type LoadResult, postUntil } from './load.ts'
import { openGateways } from './proxied-gateways.ts'

const INSERT = /insert into comments/
const whole = { lost: 0, doubled: 0, seqsTwice: 0, errors: [] }
/** 3 s on an idle machine. During faults a change takes up to ten statements, which a busy machine slows down. */
const allowedGapMs = ({ slowestDirectMs }: LoadResult): number => 3_000 + 10 * slowestDirectMs

describe.runIf(installed('postgres'))('a failing database', () => {
  test('a statement that fails with 40001 is retried until it commits, and counted', async () => {
    const { proxies, store, counted } = await openGateways(1)
    const scene = await openScene(store)
    proxies[0]?.plan.add({ kind: 'answer', sqlstate: '40001' }, 5, INSERT)
    const given = comment()
    expect(one(present(await scene.insert(given)).comments)).toMatchObject({ id: given.id, createdSeq: 1 })
    expect(proxies[0]?.plan.met).toBe(5)
    expect(counted('db_retries')).toEqual({ 40001: 5 })
  })

  test('after a connection reset that followed the commit, the comment and its change are returned', async () => {
    const { proxies, store, direct } = await openGateways(1)
    const scene = await openScene(store)
    const root = await scene.add(comment())
    proxies[0]?.plan.add({ kind: 'cut when answered' }, 1, INSERT)
    const [reply, pending] = [replyTo(root), comment({ status: 'pending' })]
    const written = present(await scene.insert(reply, pending))
    expect(proxies[0]?.plan.met).toBe(1)
    expect(written).toMatchObject({ from: 1, to: 3, commentCount: 2, replyCounts: { [root.id]: 1 } })
    expect(written.comments.map(({ id, seq }) => [id, seq])).toEqual([
      [reply.id, 2],
      [pending.id, 3],
    ])
    expect(await scene.thread()).toMatchObject({ head: 3, commentCount: 2 })
    const rows = await direct.sql.query('select c.id from comments c where c.site_id = $1::uuid', [scene.siteId])
    expect(rows).toHaveLength(3)
  })

  test('every other change survives such a reset too: made once and returned as made', async () => {
    const { proxies, store } = await openGateways(1)
    const scene = await openScene(store)
    const root = await scene.add(comment())
    const author = newId()
    const lose = (match: RegExp): void => proxies[0]?.plan.add({ kind: 'cut when answered' }, 1, match)

    lose(/insert into revisions/)
    expect(present(await scene.edit(root.id, { body: 'second' }))).toMatchObject({ from: 1, to: 2 })
    lose(/insert into reactions/)
    expect(present(await scene.react(root.id, author, 'like'))).toMatchObject({ from: 2, to: 3, readBack: true })
    lose(/delete from reactions/)
    expect(present(await scene.react(root.id, author, 'like', false)).to).toBe(4)
    lose(/set status/)
    expect(present(await scene.review(root.id, 'spam')).to).toBe(5)
    lose(/update revisions/)
    expect(present(await scene.remove(root.id)).to).toBe(6)
    lose(/update thread_heads set closed/)
    expect(await store.threads.setClosed(scene.siteId, scene.threadId, true)).toMatchObject({ closed: true, head: 7 })

    expect(proxies[0]?.plan.met).toBe(6)
    expect(await scene.thread()).toMatchObject({ head: 7, commentCount: 0 })
    expect(await scene.find(root.id)).toMatchObject({ status: 'spam', score: 0, body: '', seq: 6 })
  })

  test('a reset while the statement runs leaves one comment, whether it was committed or not', async () => {
    const { proxies, store } = await openGateways(2, { retryReserve: 1_000 })
    const scene = await openScene(store)
    for (let round = 0; round < 20; round += 1) {
      for (const proxy of proxies) {
        proxy.plan.clear()
        proxy.plan.add({ kind: 'cut when sent' }, 1, INSERT)
      }
      const given = comment()
      expect(one(present(await scene.insert(given)).comments).id).toBe(given.id)
    }
    const rows = await scene.changedSince(0)
    expect(rows.map(({ createdSeq }) => createdSeq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  })

  test('an ambiguous result (40003) is resolved, and published once', async () => {
    const { proxies, store } = await openGateways(1)
    const scene = await openScene(store)
    const published: [number, number][] = []
    const writer = createThreadWriter({
      store,
      publisher: { publish: (_, delta) => published.push([delta.from, delta.to]) },
      metrics: noMetrics,
      now: Date.now,
    })
    proxies[0]?.plan.add({ kind: 'answer', sqlstate: '40003' }, 1, INSERT)
    proxies[0]?.plan.add({ kind: 'cut when answered' }, 1, INSERT)
    const given = comment()
    expect(await writer.create(scene.siteId, scene.threadId, given)).toMatchObject({ id: given.id, createdSeq: 1 })
    expect(published).toEqual([[0, 1]])
  })

  test('a statement is not retried at once on a database with too many connections', async () => {
    const { proxies, store } = await openGateways(1)
    const scene = await openScene(store)
    const before = proxies[0]?.statements ?? 0
    proxies[0]?.plan.add({ kind: 'answer', sqlstate: '53300' }, 9, INSERT)
    await expect(scene.insert(comment())).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 })
    expect((proxies[0]?.statements ?? 0) - before).toBe(1)
  })

  test('retries stop at the end of the budget, and statements are refused with `unavailable`', async () => {
    const { proxies, store, counted } = await openGateways(1, { retryReserve: 10 })
    const scenes = await Promise.all(Array.from({ length: 20 }, () => openScene(store)))
    proxies[0]?.plan.add({ kind: 'answer', sqlstate: '40001' }, 10_000, INSERT)
    const answers = await Promise.allSettled(scenes.map((scene) => scene.insert(comment())))
    for (const answer of answers) expect(answer).toMatchObject({ reason: { code: 'unavailable' } })
    // 10 and a tenth of the 42 statements sent.
    expect(counted('db_retries')['40001']).toBeLessThanOrEqual(15)
  })

  test('while the database is down, statements fail with `unavailable` within a second; when it is back, it is used again', async () => {
    const { proxies, store, database } = await openGateways(1)
    const scene = await openScene(store)
    const [proxy] = proxies
    proxy?.kill()
    const took: number[] = []
    for (let n = 0; n < 5; n += 1) {
      const startedAt = Date.now()
      await expect(scene.insert(comment())).rejects.toMatchObject({ code: 'unavailable' })
      took.push(Date.now() - startedAt)
    }
    // Most of them: a busy machine can suspend this process for longer than that.
    expect(took.filter((ms) => ms < 1_000).length, `${took}`).toBeGreaterThanOrEqual(3)
    expect(database.healthy()).toBe(false)
    await proxy?.accept()
    await vi.waitFor(() => expect(database.healthy()).toBe(true), { timeout: 40_000 })
    expect(await scene.insert(comment())).not.toBeNull()
  }, 60_000)

  test('statements on a gateway that stalls time out and are run by another', async () => {
    const { proxies, store, counted } = await openGateways(2)
    const scenes = await Promise.all(Array.from({ length: 16 }, () => openScene(store)))
    expect(proxies.every((proxy) => proxy.connections > 1)).toBe(true)
    proxies[0]?.stall()
    const startedAt = Date.now()
    const answers = await Promise.all(scenes.map((scene) => scene.insert(comment())))
    expect(answers.map((answer) => one(present(answer).comments).createdSeq)).toEqual(scenes.map(() => 1))
    // The time limit is four seconds.
    expect(Date.now() - startedAt).toBeLessThan(15_000)
    expect(counted('db_retries').timeout).toBeGreaterThan(0)
  })

  test('nothing is lost or duplicated during many conflicts and resets', async () => {
    const gateways = await openGateways(3, { retryReserve: 2_000 })
    // Faults follow the number of statements, not the clock: on a slow machine not every attempt may fail.
    const armedAt = gateways.proxies.map(() => Number.NEGATIVE_INFINITY)
    const storm = setInterval(() => {
      for (const [index, { plan, statements }] of gateways.proxies.entries()) {
        if (statements - (armedAt[index] ?? 0) < 30) continue
        armedAt[index] = statements
        plan.clear()
        plan.add({ kind: 'answer', sqlstate: '40001' }, 3)
        plan.add({ kind: Math.random() < 0.5 ? 'cut when sent' : 'cut when answered' }, 1, INSERT)
      }
    }, 5)
    const over = () => gateways.proxies.reduce((met, { plan }) => met + plan.met, 0) >= 200
    const result = await postUntil(gateways, { clients: 12, threads: 4, until: over })
    clearInterval(storm)
    console.log('storm', result, gateways.counted('db_retries'), gateways.counted('db_breaker'))
    expect(result).toMatchObject(whole)
    expect(result.acknowledged).toBeGreaterThan(10)
    expect(result.longestGapMs).toBeLessThanOrEqual(allowedGapMs(result))
  }, 60_000)

  test('with one of three gateways killed and another draining, writes continue', async () => {
    const gateways = await openGateways(3)
    const [first, second, third] = gateways.proxies
    const closed = () => gateways.database.states().filter(({ state }) => state === 'closed').length
    let over = false
    const load = postUntil(gateways, { clients: 12, threads: 4, until: () => over })
    const served = async (proxy: FaultProxy | undefined, statements: number): Promise<void> => {
      const goal = (proxy?.statements ?? 0) + statements
      await vi.waitFor(() => expect(proxy?.statements).toBeGreaterThanOrEqual(goal), { timeout: 20_000 })
    }
    const inUse = (hosts: number) => vi.waitFor(() => expect(closed()).toBe(hosts), { timeout: 40_000 })
    for (const proxy of gateways.proxies) await served(proxy, 10)
    first?.kill()
    await inUse(2)
    second?.drain()
    await inUse(1)
    await served(third, 500)
    second?.undrain()
    await first?.accept()
    await inUse(3)
    for (const proxy of gateways.proxies) await served(proxy, 10)
    over = true
    const result = await load
    console.log('gateways', result, gateways.counted('db_retries'), gateways.counted('db_breaker'))
    expect(result).toMatchObject(whole)
    expect(result.acknowledged).toBeGreaterThan(20)
    expect(result.longestGapMs).toBeLessThanOrEqual(allowedGapMs(result))
  }, 120_000)
})
