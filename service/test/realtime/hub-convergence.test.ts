import { newId } from '@repartee/sdk/protocol'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { NewComment } from '../../src/core/ports/comment-store.ts'
import { publicComment } from '../../src/core/stored-comment.ts'
import { createMemoryStore } from '../../testing/memory-store.ts'
import { createTestNode, demoSite, newComment, type TestNode } from '../../testing/realtime-setup.ts'
import { createClient } from './fake-client.ts'
import { useFakeTime } from './fake-time.ts'
import { createFaultyBuses, createRandom } from './faulty-buses.ts'

useFakeTime()

const act = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      node: fc.nat(1),
      reply: fc.boolean(),
      pending: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), node: fc.nat(1), at: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), node: fc.nat(1), at: fc.nat(50) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('react' as const), node: fc.nat(1), at: fc.nat(50), on: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('review' as const),
      node: fc.nat(1),
      at: fc.nat(50),
      approve: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('burst' as const),
      node: fc.nat(1),
      count: fc.integer({ min: 2, max: 60 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cut' as const), client: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('connect' as const), client: fc.nat(2), node: fc.nat(1) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 400 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 4_000, max: 20_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('outage' as const), ms: fc.integer({ min: 100, max: 8_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), node: fc.nat(1) }) },
)

const scenario = fc.record({
  seed: fc.integer(),
  lose: fc.constantFrom(0, 0.2, 0.6, 1),
  maxDelayMs: fc.constantFrom(0, 50, 1_000),
  storeMs: fc.constantFrom(0, 5, 300),
  acts: fc.array(act, { minLength: 5, maxLength: 60 }),
})

const play = async ({
  seed,
  lose,
  maxDelayMs,
  storeMs,
  acts,
}: typeof scenario extends fc.Arbitrary<infer S> ? S : never) => {
  const random = createRandom(seed)
  const site = demoSite()
  const thread = newId()
  const memory = createMemoryStore({
    site,
    latency: () => new Promise((resolve) => setTimeout(resolve, random() * storeMs)),
  })
  memory.open(thread)
  const buses = createFaultyBuses(random, { lose, repeat: 0.1, maxDelayMs })
  const startNode = (i: number): TestNode => {
    const bus = buses[i]
    if (bus === undefined) throw new Error('no such node')
    return createTestNode({ store: memory.store, bus })
  }
  const nodes = [startNode(0), startNode(1)] as [TestNode, TestNode]
  const invented: string[] = []

  const clients = [0, 1, 2].map(() =>
    createClient({
      thread,
      snapshot: (take) => take(memory.view(thread)),
      latencyMs: () => random() * 30,
      onApply(comment) {
        const row = memory.committed.get(`${comment.id} ${comment.seq}`)
        const { replyCount: _, ...held } = comment
        const { replyCount: __, ...stored } = row === undefined ? comment : publicComment(row)
        if (row === undefined || JSON.stringify(held) !== JSON.stringify(stored)) invented.push(JSON.stringify(comment))
      },
    }),
  )
  const on = new Map<number, number>()

  const q = { siteId: site.id, threadId: thread }
  const nodeAt = (i: number): TestNode => nodes[i === 0 ? 0 : 1]
  const rowAt = (at: number) => {
    const rows = memory.rows(thread)
    return rows.length === 0 ? undefined : rows[at % rows.length]
  }
  const write = (node: number, kind: string, change: Parameters<TestNode['deps']['writer']['run']>[3]): void =>
    void nodeAt(node)
      .deps.writer.run(site.id, thread, kind, change)
      .catch(() => undefined)
  const create = (node: number, fields: Partial<NewComment> = {}): void =>
    void nodeAt(node)
      .deps.writer.create(site.id, thread, newComment(fields))
      .catch(() => undefined)
  const { comments, reactions } = memory.store

  for (const step of acts) {
    if (step.do === 'create') {
      const parent = step.reply ? memory.rows(thread).find((row) => row.listed && row.deletedAt === null) : undefined
      const place = parent === undefined ? {} : { parentId: parent.id, rootId: parent.rootId, depth: parent.depth + 1 }
      create(step.node, { ...place, status: step.pending ? 'pending' : 'approved' })
    } else if (step.do === 'burst') for (let i = 0; i < step.count; i += 1) create(step.node)
    else if (step.do === 'cut') clients[step.client]?.cut()
    else if (step.do === 'connect') {
      clients[step.client]?.connect(nodeAt(step.node))
      on.set(step.client, step.node)
    } else if (step.do === 'pass') await vi.advanceTimersByTimeAsync(step.ms)
    else if (step.do === 'outage') {
      memory.setDown(true)
      await vi.advanceTimersByTimeAsync(step.ms)
      memory.setDown(false)
    } else if (step.do === 'restart') {
      clients.forEach((client, i) => {
        if (on.get(i) === step.node) client.cut()
      })
      await nodeAt(step.node).hub.close()
      nodes[step.node === 0 ? 0 : 1] = startNode(step.node)
    } else {
      const row = rowAt(step.at)
      if (row === undefined) continue
      const { id } = row
      const nowAt = Date.now()
      const text = `${row.html}!`
      if (step.do === 'edit')
        write(step.node, 'edit', () =>
          comments.edit({
            ...q,
            id,
            body: text,
            html: text,
            bodyDigest: 'x',
            status: row.status,
            revisionId: newId(),
            nowAt,
          }),
        )
      else if (step.do === 'remove') write(step.node, 'remove', () => comments.remove({ ...q, id, nowAt }))
      else if (step.do === 'react')
        write(step.node, 'reaction', () =>
          reactions.set({ ...q, commentId: id, authorId: newId(), kind: 'like', on: step.on, nowAt }),
        )
      else
        write(step.node, 'review', () => comments.review({ ...q, id, status: step.approve ? 'approved' : 'rejected' }))
    }
  }

  // Time for work in progress and for a sweep: clients that stayed connected must converge without reconnecting.
  await vi.advanceTimersByTimeAsync(3_000)
  clients.forEach((client, i) => {
    if (!client.connected) client.connect(nodeAt(i % 2))
  })
  await vi.advanceTimersByTimeAsync(22_000)

  const truth = memory.view(thread)
  const expected = {
    comments: truth.comments.sort((a, b) => a.createdSeq - b.createdSeq),
    commentCount: truth.commentCount,
    closed: truth.closed,
  }
  const views = clients.map((client) => client.view())
  const problems = clients.flatMap((client) => client.problems)
  for (const client of clients) client.cut()
  for (const node of nodes) await node.hub.close()
  vi.clearAllTimers()
  expect(problems).toEqual([])
  expect(invented).toEqual([])
  for (const view of views) expect(view).toEqual(expected)
  return nodes
}

test('every view converges to the database, and none ever shows what was not committed', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (s) => void (await play(s))),
    { numRuns: 150 },
  )
})
