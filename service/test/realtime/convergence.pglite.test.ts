import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPglite, type PgliteHandle } from '../../src/adapters/pglite/open-pglite.ts'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import type { Actor, Reader } from '../../src/core/actor.ts'
import { execute } from '../../src/core/commands.ts'
import type { Store } from '../../src/core/ports/store.ts'
import type { WriteResult } from '../../src/core/ports/write-result.ts'
import type { Site } from '../../src/core/site.ts'
import { publicComment } from '../../src/core/stored-comment.ts'
import { eventually } from '../../testing/eventually.ts'
import { createTestNode, demoSite, quietLog, type TestNode } from '../../testing/realtime-setup.ts'
import { createClient, type Snapshot } from './fake-client.ts'
import { createFaultyBuses, createRandom } from './faulty-buses.ts'

let database: PgliteHandle
let store: Store
let site: Site
/** Every committed state, by id and seq. */
const committed = new Map<string, unknown>()

const remembering =
  <A extends unknown[]>(write: (...args: A) => Promise<WriteResult | null>) =>
  async (...args: A): Promise<WriteResult | null> => {
    const written = await write(...args)
    for (const row of written?.comments ?? []) committed.set(`${row.id} ${row.seq}`, publicComment(row))
    return written
  }

beforeAll(async () => {
  const log = quietLog()
  database = await openPglite({ dataDir: null, log })
  await migrate(database.sql, { log, now: Date.now })
  const real = createStore(database.sql)
  store = {
    ...real,
    comments: {
      ...real.comments,
      insert: remembering(real.comments.insert),
      edit: remembering(real.comments.edit),
      remove: remembering(real.comments.remove),
      review: remembering(real.comments.review),
    },
    reactions: { ...real.reactions, set: remembering(real.reactions.set) },
  }
  site = demoSite()
  await store.sites.create(site)
}, 60_000)

afterAll(async () => {
  await database.close()
})

const readSnapshot = async (thread: string): Promise<Snapshot> => {
  const state = await store.threads.find(site.id, thread)
  if (state === null) throw new Error('no thread')
  const rows = await store.comments.changedSince({ siteId: site.id, threadId: thread, since: 0, limit: 5_000 })
  const comments = rows.filter((row) => row.listed).map(publicComment)
  return { ...state, epoch: await store.epoch(), comments: comments.sort((a, b) => a.createdSeq - b.createdSeq) }
}

test.each([1, 2, 3])(
  'on the real database, round %i: random commands, cuts and a faulty bus end in equal views',
  async (seed) => {
    const random = createRandom(seed)
    const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)]
    const thread = newId()
    await store.threads.open({ siteId: site.id, id: thread, page: `/${thread}`, url: '', title: '', nowAt: Date.now() })
    const readers: Reader[] = ['Ann', 'Bình'].map((name) => ({ id: newId(), name, role: 'guest' }))
    for (const reader of readers) await store.authors.create({ siteId: site.id, ...reader, nowAt: Date.now() })

    const buses = createFaultyBuses(random, { lose: 0.4, repeat: 0.1, maxDelayMs: 100, degraded: true })
    const nodes: TestNode[] = buses.map((bus) => createTestNode({ store, bus }))
    const applied: { key: string; html: string }[] = []
    const clients = [0, 1, 2].map(() =>
      createClient({
        thread,
        snapshot: (take) => void readSnapshot(thread).then(take),
        latencyMs: () => random() * 10,
        onApply: (comment) => void applied.push({ key: `${comment.id} ${comment.seq}`, html: comment.html }),
      }),
    )
    const mine: { id: string; actor: Actor }[] = []
    const running: Promise<unknown>[] = []
    const connect = (i: number): void => {
      const node = pick(nodes)
      if (node) clients[i]?.connect(node)
    }
    for (const i of [0, 1, 2]) connect(i)
    await eventually(() => expect(clients.every((client) => client.position !== null)).toBe(true))

    const command = (node: TestNode): Promise<unknown> => {
      const reader = pick(readers)
      const actor: Actor = { site, reader: reader ?? null, network: 'n' }
      const own = pick(mine)
      const dice = random()
      if (own === undefined || dice < 0.5) {
        const parentId = dice < 0.2 ? (own?.id ?? null) : null
        const input = { thread, key: newId(), parentId, body: `text ${random()}` }
        return execute(node.deps, actor, 'comment.create', input).then(({ comment }) =>
          mine.push({ id: comment.id, actor }),
        )
      }
      const at = { thread, comment: own.id }
      if (dice < 0.65) return execute(node.deps, own.actor, 'comment.edit', { ...at, body: `edit ${random()}` })
      if (dice < 0.75) return execute(node.deps, own.actor, 'comment.delete', at)
      return execute(node.deps, actor, dice < 0.9 ? 'reaction.add' : 'reaction.remove', { ...at, kind: 'like' })
    }

    for (let step = 0; step < 150; step += 1) {
      const node = pick(nodes)
      if (node) running.push(command(node).catch((error: { code?: string }) => error.code ?? 'bug'))
      if (random() < 0.08) clients[Math.floor(random() * 3)]?.cut()
      if (random() < 0.1) connect(Math.floor(random() * 3))
      // However slow the machine is, some changes arrive live.
      if (step % 10 === 9) await Promise.all(running)
      if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, random() * 30))
    }
    const outcomes = await Promise.all(running)
    expect(outcomes.filter((outcome) => outcome === 'bug' || outcome === 'internal')).toEqual([])
    clients.forEach((client, i) => {
      if (!client.connected) connect(i)
    })

    const { head: _head, epoch: _epoch, comments, commentCount, closed } = await readSnapshot(thread)
    expect(comments.length).toBeGreaterThan(10)
    await eventually(() => {
      for (const client of clients) expect(client.view()).toEqual({ comments, commentCount, closed })
    })
    expect(clients.flatMap((client) => client.problems)).toEqual([])
    expect(applied.length).toBeGreaterThan(50)
    for (const { key, html } of applied) expect(committed.get(key)).toMatchObject({ html })
    for (const client of clients) client.cut()
    for (const node of nodes) await node.hub.close()
  },
  60_000,
)
