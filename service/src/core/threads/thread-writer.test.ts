import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewComment } from '../ports/comment-store.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Publisher } from '../ports/publisher.ts'
import type { Store } from '../ports/store.ts'
import type { WriteResult } from '../ports/write-result.ts'
import type { StoredComment } from '../stored-comment.ts'
import { createThreadWriter } from './thread-writer.ts'

const metrics: Metrics = { count() {}, observe() {}, gauge() {} }

const newComment = (id: string): NewComment => ({
  id,
  parentId: null,
  rootId: id,
  depth: 0,
  authorId: 'author',
  authorName: 'Ann',
  authorRole: 'guest',
  key: id,
  keyDigest: '',
  status: 'approved',
  body: id,
  html: id,
  bodyDigest: '',
  createdAt: 0,
})

const stored = (threadId: string, comment: NewComment, seq: number): StoredComment => ({
  ...comment,
  threadId,
  seq,
  createdSeq: seq,
  score: 0,
  reactions: {},
  replyCount: 0,
  pinned: false,
  listed: true,
  published: true,
  editedAt: null,
  deletedAt: null,
})

/** A store that logs its calls and answers when the test says so. */
const fakeStore = () => {
  const heads = new Map<string, number>()
  const log: { thread: string; ids: string[]; at: 'start' | 'commit' | 'fail' }[] = []
  const held: (() => void)[] = []
  const failing = new Set<string>()
  const leftOut = new Set<string>()
  const inFlight = new Map<string, number>()
  let mostInFlight = 0

  const statement = async (thread: string, ids: string[], rows: readonly NewComment[]): Promise<WriteResult | null> => {
    const running = (inFlight.get(thread) ?? 0) + 1
    inFlight.set(thread, running)
    mostInFlight = Math.max(mostInFlight, running)
    log.push({ thread, ids, at: 'start' })
    await new Promise<void>((resolve) => held.push(resolve))
    inFlight.set(thread, running - 1)
    if (ids.some((id) => failing.has(id))) {
      log.push({ thread, ids, at: 'fail' })
      throw new Error(`failed ${ids.join()}`)
    }
    const kept = rows.filter((row) => !leftOut.has(row.id))
    log.push({ thread, ids, at: 'commit' })
    if (rows.length > 0 && kept.length === 0) return null
    const from = heads.get(thread) ?? 0
    const to = from + Math.max(1, kept.length)
    heads.set(thread, to)
    const comments = kept.map((row, index) => stored(thread, row, from + index + 1))
    return { from, to, comments, commentCount: to, replyCounts: {} }
  }
  const comments = {
    insert: (_: string, thread: string, rows: readonly NewComment[]) =>
      statement(
        thread,
        rows.map((row) => row.id),
        rows,
      ),
  } as unknown as Store['comments']
  return { comments, statement, log, held, failing, leftOut, mostInFlight: () => mostInFlight }
}

type Step = { thread: 'a' | 'b'; kind: 'create' | 'change'; fails: boolean; leftOut: boolean; release: number }
const step: fc.Arbitrary<Step> = fc.record({
  thread: fc.constantFrom('a', 'b'),
  kind: fc.constantFrom('create', 'create', 'create', 'change'),
  fails: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  leftOut: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  release: fc.constantFrom(0, 0, 0, 0, 1, 1, 3),
})

/** Let everything finish that does not wait for the store. */
const settle = async () => {
  for (let i = 0; i < 12; i += 1) await Promise.resolve()
}

test('in any sequence of changes: one statement per thread at a time, in order, adjacent creates batched, nothing published before its commit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60, size: 'max' }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, maxBatch) => {
        const store = fakeStore()
        const published: { siteId: string; delta: Parameters<Publisher['publish']>[1]; afterLog: number }[] = []
        const publisher: Publisher = {
          publish: (siteId, delta) => published.push({ siteId, delta, afterLog: store.log.length }),
        }
        const writer = createThreadWriter({ store, publisher, metrics, now: () => 0, maxBatch })
        const outcomes = new Map<string, string>()
        const toldWhen = new Map<string, number>()
        const asked: { id: string; thread: string; kind: string }[] = []

        for (const [index, s] of steps.entries()) {
          const id = `${s.thread}${index}`
          if (s.fails) store.failing.add(id)
          if (s.leftOut && s.kind === 'create') store.leftOut.add(id)
          asked.push({ id, thread: s.thread, kind: s.kind })
          const result: Promise<StoredComment | WriteResult | null> =
            s.kind === 'create'
              ? writer.create('site', s.thread, newComment(id))
              : writer.run('site', s.thread, 'edit', () => store.statement(s.thread, [id], []))
          result.then(
            (value) => {
              outcomes.set(id, value === null ? 'null' : 'ok')
              toldWhen.set(id, published.length)
            },
            () => outcomes.set(id, 'failed'),
          )
          for (let n = 0; n < s.release; n += 1) store.held.shift()?.()
          await settle()
        }
        for (let turns = 0; outcomes.size < steps.length; turns += 1) {
          if (turns > 4 * steps.length) throw new Error('a change was forgotten')
          store.held.shift()?.()
          await settle()
        }

        expect(store.mostInFlight()).toBeLessThanOrEqual(1)
        expect(writer.active).toBe(0)
        for (const thread of ['a', 'b']) {
          const statements = store.log.filter((entry) => entry.thread === thread && entry.at === 'start')
          expect(statements.flatMap((entry) => entry.ids)).toEqual(
            asked.filter((item) => item.thread === thread).map((item) => item.id),
          )
          const deltas = published.filter((item) => item.delta.thread === thread).map((item) => item.delta)
          let at = 0
          for (const delta of deltas) {
            expect(delta.from).toBe(at)
            at = delta.to
          }
        }
        const kindOf = new Map(asked.map((item) => [item.id, item.kind]))
        for (const { ids } of store.log.filter((entry) => entry.at === 'start')) {
          expect(ids.length).toBeLessThanOrEqual(maxBatch)
          if (ids.length > 1) expect(ids.every((id) => kindOf.get(id) === 'create')).toBe(true)
        }
        for (const { ids } of store.log.filter((entry) => entry.at === 'fail'))
          for (const id of ids) expect(outcomes.get(id)).toBe('failed')
        for (const { ids } of store.log.filter((entry) => entry.at === 'commit'))
          for (const id of ids) expect(outcomes.get(id)).toBe(store.leftOut.has(id) ? 'null' : 'ok')
        for (const { delta, afterLog } of published)
          for (const change of delta.changes) {
            if (change.type !== 'comment') throw new Error('unexpected')
            const { id } = change.comment
            const committed = store.log.findIndex((entry) => entry.at === 'commit' && entry.ids.includes(id))
            expect(committed).toBeGreaterThanOrEqual(0)
            expect(committed).toBeLessThan(afterLog)
            // The caller gets its answer after the change was published.
            const position = published.findIndex((item) => item.delta === delta)
            expect(toldWhen.get(id)).toBeGreaterThan(position)
          }
      },
    ),
    { numRuns: 300 },
  )
})

test('creates that arrive while a statement runs go into the next one together', async () => {
  const store = fakeStore()
  const writer = createThreadWriter({ store, publisher: { publish() {} }, metrics, now: () => 0 })
  const all = Promise.all(Array.from({ length: 120 }, (_, i) => writer.create('site', 'a', newComment(`${i}`))))
  const sizes = () => store.log.filter((entry) => entry.at === 'start').map((entry) => entry.ids.length)
  for (let i = 0; i < 10; i += 1) {
    store.held.shift()?.()
    await settle()
  }
  await all
  expect(sizes()).toEqual([1, 50, 50, 19])
})

test('threads, and threads of the same id on two sites, do not wait for each other', async () => {
  const store = fakeStore()
  const writer = createThreadWriter({ store, publisher: { publish() {} }, metrics, now: () => 0 })
  const all = [
    writer.create('one', 'a', newComment('1')),
    writer.create('two', 'a', newComment('2')),
    writer.create('one', 'b', newComment('3')),
  ]
  expect(store.held.length).toBe(3)
  for (const release of store.held.splice(0)) release()
  await Promise.all(all)
  expect(writer.active).toBe(0)
})

test('a thread with a full queue refuses changes at once, and accepts them again later', async () => {
  const store = fakeStore()
  const writer = createThreadWriter({ store, publisher: { publish() {} }, metrics, now: () => 0, maxWaiting: 2 })
  const taken = ['1', '2', '3'].map((id) => writer.create('site', 'a', newComment(id)))
  await expect(writer.create('site', 'a', newComment('4'))).rejects.toMatchObject({ code: 'unavailable' })
  for (let i = 0; i < 3; i += 1) {
    store.held.shift()?.()
    await settle()
  }
  await Promise.all(taken)
  const later = writer.create('site', 'a', newComment('5'))
  store.held.shift()?.()
  expect((await later)?.id).toBe('5')
})

test('an error of the publisher fails only that change', async () => {
  const store = fakeStore()
  let broken = true
  const publish = () => {
    if (broken) throw new Error('no bus')
  }
  const writer = createThreadWriter({ store, publisher: { publish }, metrics, now: () => 0 })
  const first = writer.create('site', 'a', newComment('1'))
  store.held.shift()?.()
  await expect(first).rejects.toThrow('no bus')
  broken = false
  const second = writer.create('site', 'a', newComment('2'))
  store.held.shift()?.()
  expect((await second)?.id).toBe('2')
})
