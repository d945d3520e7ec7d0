import { newId, ReparteeError, type Sort, type Status } from '@repartee/sdk/protocol'
import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import * as fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMemoryRateLimiter } from '../../src/adapters/memory/memory-rate-limiter.ts'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { openPostgres, type PostgresHandle } from '../../src/adapters/postgres/pool/open-postgres.ts'
import { createSiteCache } from '../../src/core/access/site-cache.ts'
import type { Store } from '../../src/core/ports/store.ts'
import { createSite } from '../../src/core/sites/create-site.ts'
import type { StoredComment } from '../../src/core/stored-comment.ts'
import { createPageCache } from '../../src/core/threads/page-cache.ts'
import { readSnapshot } from '../../src/core/threads/read-snapshot.ts'
import { createStaleSnapshots } from '../../src/core/threads/stale-snapshots.ts'
import { noMetrics } from '../../testing/no-metrics.ts'
import { noBeacons } from '../../testing/no-outbound.ts'
import { silent } from '../../testing/silent.ts'
import { comment, openScene, present, replyTo, type Scene } from '../../testing/store-scene.ts'
import { withoutAccounts } from '../../testing/without-accounts.ts'
import { type Replica, withReplica } from './standing-replica.ts'

const sorts: readonly Sort[] = ['newest', 'oldest', 'top']

describe.runIf(installed('postgres'))('pages read from followers', () => {
  let database: PostgresHandle
  let url = ''
  let replica: Replica
  let store: Store
  let nowAt = 0
  beforeAll(async () => {
    url = await (await sharedPostgres()).createDatabase()
    database = await openPostgres({ url, log: silent, metrics: noMetrics, now: Date.now })
    await migrate(database.sql, { log: silent, now: Date.now })
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    replica = await withReplica(database.sql, url)
    store = createStore(replica.sql, { dialect: 'cockroach', now: () => nowAt })
  })
  afterEach(() => replica.close())

  /** Roots and replies of a page, for a reader who knows this head. */
  const page = async (from: Store, { siteId, threadId }: Scene, sort: Sort, atLeast?: number) => {
    const at = { siteId, threadId, ...(atLeast !== undefined && { atLeast }) }
    const roots = await from.comments.roots({ ...at, sort, after: null, limit: 50 })
    const rootIds = roots.map(({ id }) => id)
    return { roots, replies: await from.comments.firstReplies({ ...at, rootIds, limit: 3 }) }
  }
  const filled = async (): Promise<Scene> => {
    const scene = await openScene(store)
    for (let n = 0; n < 4; n += 1) {
      const root = await scene.add(comment())
      for (let likes = 0; likes < n % 3; likes += 1) await scene.react(root.id, newId(), 'like')
      for (let replies = 0; replies < n; replies += 1) await scene.add(replyTo(root))
    }
    return scene
  }

  test('a replica that has the head returns the whole page, in order, without the leaseholder', async () => {
    const scene = await filled()
    await replica.catchUp()
    const { head } = await scene.thread()
    for (const sort of sorts) {
      const now = await page(store, scene, sort)
      replica.takeCounts()
      expect(await page(store, scene, sort, head)).toEqual(now)
      expect(replica.takeCounts()).toEqual({ replica: 2, leader: 0 })
    }
    const { siteId, threadId } = await openScene(store)
    await replica.catchUp()
    replica.takeCounts()
    const empty = { siteId, threadId, sort: 'newest', after: null, limit: 9, atLeast: 0 } as const
    expect(await store.comments.roots(empty)).toEqual([])
    expect(replica.takeCounts()).toEqual({ replica: 1, leader: 0 })
  })

  test('a page the replica does not have yet is read from the leaseholder, and the replica is not tried for a while', async () => {
    const scene = await filled()
    await replica.catchUp()
    const last = await scene.add(comment())
    replica.takeCounts()
    const first = await page(store, scene, 'newest', last.seq)
    expect(first.roots[0]).toEqual(last)
    expect(replica.takeCounts()).toEqual({ replica: 1, leader: 2 })
    await page(store, scene, 'oldest', last.seq)
    expect(replica.takeCounts()).toEqual({ replica: 0, leader: 2 })
    nowAt += 5_000
    await replica.catchUp()
    expect(await page(store, scene, 'newest', last.seq)).toEqual(first)
    expect(replica.takeCounts()).toEqual({ replica: 2, leader: 0 })
  })

  test('a thread unknown to the replica is read from the leaseholder', async () => {
    const scene = await filled()
    const { head } = await scene.thread()
    expect((await page(store, scene, 'newest', head)).roots).toHaveLength(4)
    const fresh = await openScene(store)
    expect((await page(store, fresh, 'newest', 0)).roots).toEqual([])
  })

  test('a replica that refuses is skipped; a database that is down is an error', async () => {
    const scene = await filled()
    await replica.catchUp()
    const { head } = await scene.thread()
    const now = await page(store, scene, 'top')
    replica.failWith(Object.assign(new Error('relation "comments" does not exist'), { code: '42P01' }))
    expect(await page(store, scene, 'top', head)).toEqual(now)
    nowAt += 5_000
    replica.failWith(new ReparteeError('unavailable'))
    await expect(page(store, scene, 'top', head)).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('PostgreSQL gets no follower reads', async () => {
    const scene = await filled()
    const plain = createStore(replica.sql)
    replica.takeCounts()
    await page(plain, scene, 'newest', (await scene.thread()).head)
    expect(replica.takeCounts().replica).toBe(0)
  })

  const pick = fc.nat({ max: 8 })
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ op: fc.constant('add' as const), to: fc.option(pick) }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('react' as const), of: pick }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('edit' as const), of: pick }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant('remove' as const), of: pick }) },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constant('review' as const),
        of: pick,
        status: fc.constantFrom<Status>('spam', 'approved'),
      }),
    },
    { weight: 3, arbitrary: fc.record({ op: fc.constant('catch up' as const) }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('wait' as const) }) },
    {
      weight: 6,
      arbitrary: fc.record({ op: fc.constant('read' as const), sort: fc.constantFrom(...sorts), behind: pick }),
    },
  )

  type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

  /** A page that the replica has, and one that it does not. */
  const bothWays: Step[] = [
    { op: 'add', to: null },
    { op: 'catch up' },
    { op: 'read', sort: 'newest', behind: 0 },
    { op: 'add', to: null },
    { op: 'read', sort: 'newest', behind: 0 },
  ]

  test('no page is older than what its reader has seen, for any writes and any lag of the replica', async () => {
    const from = { replica: 0, leader: 0 }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const scene = await openScene(store)
        await replica.catchUp()
        const ids: string[] = []
        /** The pages of the thread at each of its heads. */
        const history = new Map<number, Record<string, Awaited<ReturnType<typeof page>>>>()
        const record = async (): Promise<void> => {
          const pages = await Promise.all(sorts.map(async (sort) => [sort, await page(store, scene, sort)] as const))
          history.set((await scene.thread()).head, Object.fromEntries(pages))
        }
        await record()
        for (const given of steps) {
          const id = 'of' in given ? (ids[given.of] ?? newId()) : ''
          if (given.op === 'catch up') await replica.catchUp()
          else if (given.op === 'wait') nowAt += 5_000
          else if (given.op === 'read') {
            const seen = Math.max(0, (await scene.thread()).head - given.behind)
            replica.takeCounts()
            const { roots, replies } = await page(store, scene, given.sort, seen)
            const { replica: replicas, leader } = replica.takeCounts()
            from.replica += replicas
            from.leader += leader
            // One part may be newer than the other; neither is older than what the reader has seen.
            const versions = [...history].flatMap(([head, pages]) => (head < seen ? [] : [pages[given.sort]]))
            expect(versions.map((version) => version?.roots)).toContainEqual(roots)
            const below = (rows: readonly StoredComment[]) =>
              roots.map(({ id }) => rows.filter(({ rootId }) => rootId === id))
            expect(versions.map((version) => below(version?.replies ?? []))).toContainEqual(below(replies))
          } else {
            if (given.op === 'add') {
              const parent = given.to === null ? null : await scene.find(ids[given.to] ?? newId())
              const written = await scene.insert(parent === null ? comment() : replyTo(parent))
              ids.push(...(written?.comments ?? []).map((row) => row.id))
            } else if (given.op === 'react') await scene.react(id, newId(), 'like')
            else if (given.op === 'edit') await scene.edit(id, { body: newId() })
            else if (given.op === 'remove') await scene.remove(id)
            else await scene.review(id, given.status)
            await record()
          }
        }
      }),
      { numRuns: 15, examples: [[bothWays]] },
    )
    expect(from.replica).toBeGreaterThan(0)
    expect(from.leader).toBeGreaterThan(0)
  })

  test('a reader who has just written on one node sees it on another, although the replica does not have it', async () => {
    const now = (): number => nowAt
    const node = () => ({
      store,
      pages: createPageCache({ maxBytes: 1_000_000, metrics: noMetrics }),
      staleSnapshots: createStaleSnapshots({ maxBytes: 1_000_000 }),
      limiter: createMemoryRateLimiter({ now }),
      metrics: noMetrics,
      beacons: noBeacons,
      now,
    })
    const site = await createSite(
      { ...withoutAccounts, store, siteCache: createSiteCache({ now }), now },
      { name: 'Blog', origins: [], settings: {} },
    )
    const visitor = { site, reader: null, network: 'n' }
    const [here, there] = [node(), node()]
    const { thread } = await readSnapshot(here, visitor, { page: '/post' })
    for (let n = 0; n < 5; n += 1) {
      if (n % 2 === 0) await replica.catchUp()
      nowAt += 5_000
      const written = present(await store.comments.insert(site.id, thread.id, [comment({ body: `${n}` })]))
      const shown = await readSnapshot(there, visitor, { page: '/post' })
      expect(shown.thread.head).toBe(written.to)
      expect(shown.comments[0]?.id).toBe(written.comments[0]?.id)
    }
    await replica.catchUp()
    nowAt += 5_000
    const before = await readSnapshot(there, visitor, { page: '/post' })
    replica.takeCounts()
    expect(await readSnapshot(node(), visitor, { page: '/post' })).toEqual(before)
    expect(replica.takeCounts().replica).toBe(1)
  })
})
