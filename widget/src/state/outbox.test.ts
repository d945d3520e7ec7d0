import { type Comment, ReparteeError } from '@repartee/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { comment, deltaOf, id, reader, snapshotOf } from './fixtures/comments.ts'
import { eventually, type FakeClient, fakeClient, memoryStore, viewOf } from './fixtures/thread-view.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

type Answer = { created: boolean; comment: Comment }

/** A client whose creates wait for the test's answer. */
const slowClient = (first = snapshotOf([])) => {
  const calls: { key: string; settle(answer: Answer | ReparteeError): void }[] = []
  const client: FakeClient = fakeClient(
    {
      createComment: vi.fn(
        ({ key }) =>
          new Promise<Answer>((resolve, reject) => {
            calls.push({
              key,
              settle: (answer) => (answer instanceof ReparteeError ? reject(answer) : resolve(answer)),
            })
          }),
      ),
    },
    first,
  )
  client.setReader(reader)
  return { client, calls }
}

const own = (n: number, over: Partial<Comment> = {}): Comment => comment(n, { author: reader, ...over })
const call = async (calls: { key: string; settle(answer: Answer | ReparteeError): void }[], n: number) => {
  await eventually(() => expect(calls.length).toBeGreaterThan(n))
  const found = calls[n]
  if (!found) throw new Error('no such call')
  return found
}
const drawn = (view: { roots: readonly { comment: { id: string } }[]; rootOutbox: readonly { state: string }[] }) => ({
  roots: view.roots.map((node) => node.comment.id),
  outbox: view.rootOutbox.map(({ state }) => state),
})

test('an entry is shown at once, and becomes the comment when it is stored', async () => {
  const { client, calls } = slowClient()
  const { start, view, emit } = viewOf(client)
  await start()
  const sent = view.send({ parentId: null, body: 'hello' })
  const { settle } = await call(calls, 0)
  expect(drawn(view)).toEqual({ roots: [], outbox: ['sending'] })
  settle({ created: true, comment: own(1) })
  await sent
  expect(drawn(view)).toEqual({ roots: [id(1)], outbox: [] })
  client.deliver(deltaOf([own(1)]))
  expect(drawn(view)).toEqual({ roots: [id(1)], outbox: [] })
  expect(emit).toHaveBeenCalledWith('comment', { comment: own(1) })
})

test('a delta that overtakes the acknowledgement is not drawn beside the entry', async () => {
  const { client, calls } = slowClient(snapshotOf([comment(1)]))
  const { start, view } = viewOf(client)
  await start()
  const sent = view.send({ parentId: id(1), body: 'hello' })
  const { settle } = await call(calls, 0)
  const stored = own(2, { parentId: id(1) })
  client.deliver(deltaOf([stored]))
  expect(view.roots[0]?.children).toEqual([])
  expect(view.roots[0]?.outbox).toHaveLength(1)
  expect(view.newCount).toBe(0)
  settle({ created: true, comment: stored })
  await sent
  expect(view.roots[0]?.children.map((node) => node.comment.id)).toEqual([id(2)])
  expect(view.roots[0]?.outbox).toEqual([])
})

test('two entries are sent in the order they were written, and each becomes its own comment', async () => {
  const { client, calls } = slowClient()
  const { start, view } = viewOf(client)
  await start()
  const sent = [view.send({ parentId: null, body: 'one' }), view.send({ parentId: null, body: 'two' })]
  const first = await call(calls, 0)
  client.deliver(deltaOf([own(1), own(2)]))
  expect(drawn(view)).toEqual({ roots: [], outbox: ['sending', 'sending'] })
  expect(calls).toHaveLength(1)
  first.settle({ created: true, comment: own(1) })
  await sent[0]
  expect(drawn(view)).toEqual({ roots: [id(1)], outbox: ['sending'] })
  const second = await call(calls, 1)
  second.settle({ created: true, comment: own(3) })
  await sent[1]
  expect(drawn(view)).toEqual({ roots: [id(3), id(2), id(1)], outbox: [] })
})

test('an entry waits for an earlier one that could not be stored', async () => {
  const { client, calls } = slowClient()
  const { start, view } = viewOf(client)
  await start()
  const sent = [view.send({ parentId: null, body: 'one' }), view.send({ parentId: null, body: 'two' })]
  const first = await call(calls, 0)
  first.settle(new ReparteeError('unavailable'))
  await Promise.all(sent)
  expect(drawn(view).outbox).toEqual(['failed', 'failed'])
  expect(calls).toHaveLength(1)
  client.setConnection('live')
  const again = await call(calls, 1)
  expect(again.key).toBe(first.key)
  again.settle({ created: true, comment: own(1) })
  const second = await call(calls, 2)
  second.settle({ created: true, comment: own(2) })
  await eventually(() => expect(drawn(view)).toEqual({ roots: [id(2), id(1)], outbox: [] }))
})

test('a refusal removes the entry, keeps the draft and reaches the composer', async () => {
  const { client, calls } = slowClient()
  const storage = memoryStore()
  const { start, view, flush } = viewOf(client, storage)
  await start()
  view.saveDraft(null, 'spam spam')
  const sent = view.send({ parentId: null, body: 'spam spam' })
  const refused = expect(sent).rejects.toMatchObject({ code: 'blocked_words' })
  const { settle } = await call(calls, 0)
  settle(new ReparteeError('blocked_words'))
  await refused
  expect(view.rootOutbox).toEqual([])
  expect(view.draft(null)).toEqual({ body: 'spam spam' })
  flush()
  expect([...storage.values.keys()]).toEqual(['repartee:draft:demo:/post'])
})

test('an entry that could not be stored is sent again, once and with its key, when the connection is back', async () => {
  const { client, calls } = slowClient()
  const { start, view } = viewOf(client)
  await start()
  client.setConnection('waiting')
  const sent = view.send({ parentId: null, body: 'hello' })
  const first = await call(calls, 0)
  first.settle(new ReparteeError('unavailable'))
  await sent
  expect(view.rootOutbox).toMatchObject([{ state: 'failed', error: 'unavailable' }])
  await vi.advanceTimersByTimeAsync(600_000)
  expect(calls).toHaveLength(1)

  client.setConnection('live')
  client.setConnection('live')
  const again = await call(calls, 1)
  expect(again.key).toBe(first.key)
  again.settle({ created: false, comment: own(1) })
  await eventually(() => expect(drawn(view)).toEqual({ roots: [id(1)], outbox: [] }))
  client.setConnection('live')
  await vi.advanceTimersByTimeAsync(600_000)
  expect(calls).toHaveLength(2)
})

test('while the connection works but the service cannot store, an entry is retried automatically', async () => {
  const { client, calls } = slowClient()
  client.setConnection('live')
  const { start, view } = viewOf(client)
  await start()
  const sent = view.send({ parentId: null, body: 'hello' })
  const first = await call(calls, 0)
  first.settle(new ReparteeError('unavailable'))
  await sent
  await vi.advanceTimersByTimeAsync(15_000)
  expect((await call(calls, 1)).key).toBe(first.key)
})

test('an own comment that arrives while an entry has no answer is not drawn beside it, and the entry is sent again at once', async () => {
  const { client, calls } = slowClient()
  const { start, view } = viewOf(client)
  await start()
  const sent = view.send({ parentId: null, body: 'hello' })
  const first = await call(calls, 0)
  first.settle(new ReparteeError('unavailable'))
  await sent
  client.deliver(deltaOf([own(1)]))
  expect(view.roots).toEqual([])
  const again = await call(calls, 1)
  again.settle({ created: false, comment: own(1) })
  await eventually(() => expect(drawn(view)).toEqual({ roots: [id(1)], outbox: [] }))
})

test('after a reload an unfinished entry is sent again with the same key', async () => {
  const storage = memoryStore()
  const before = slowClient()
  const old = viewOf(before.client, storage)
  await old.start()
  void old.view.send({ parentId: null, body: 'hello' })
  const { key } = await call(before.calls, 0)
  old.close()

  const { client, calls } = slowClient()
  const { start, view } = viewOf(client, storage)
  const starting = start()
  const again = await call(calls, 0)
  expect(again.key).toBe(key)
  expect(view.rootOutbox).toMatchObject([{ key, body: 'hello', state: 'sending' }])
  again.settle({ created: true, comment: own(1) })
  await starting
  expect(drawn(view)).toEqual({ roots: [id(1)], outbox: [] })
  expect(storage.values.size).toBe(0)
})

test('after a reload nothing is drawn twice if the comment had been stored', async () => {
  const storage = memoryStore()
  const before = slowClient()
  const old = viewOf(before.client, storage)
  await old.start()
  void old.view.send({ parentId: null, body: 'hello' })
  await call(before.calls, 0)
  old.close()

  const stored = own(1, { createdAt: Date.now() })
  const { client, calls } = slowClient(snapshotOf([stored]))
  const { start, view } = viewOf(client, storage)
  const starting = start()
  const again = await call(calls, 0)
  expect(drawn(view)).toEqual({ roots: [id(1)], outbox: [] })
  again.settle({ created: false, comment: stored })
  await starting
  expect(drawn(view)).toEqual({ roots: [id(1)], outbox: [] })
  expect(storage.values.size).toBe(0)
})

test('a comment that awaits approval stays an entry, and is drawn when it is approved', async () => {
  const { client, calls } = slowClient()
  const { start, view } = viewOf(client)
  await start()
  const sent = view.send({ parentId: null, body: 'hello' })
  const { settle } = await call(calls, 0)
  settle({ created: true, comment: own(1, { status: 'pending' }) })
  await sent
  expect(view.rootOutbox).toMatchObject([{ state: 'pending', html: '<p>1</p>' }])
  expect(view.roots).toEqual([])
  client.deliver(deltaOf([own(1, { seq: 5 })]))
  expect(drawn(view)).toEqual({ roots: [id(1)], outbox: [] })
})

test('pending comments of a snapshot are entries', async () => {
  const pending = own(3, { status: 'pending', body: 'mine' })
  const first = snapshotOf([comment(1)], { viewer: { author: reader, reactions: {}, pending: [pending] } })
  const { client } = slowClient(first)
  const { start, view } = viewOf(client)
  await start()
  expect(view.rootOutbox).toMatchObject([{ key: id(3), body: 'mine', state: 'pending' }])
})

test('a guest is signed in with the name they give, and a failed entry can be discarded', async () => {
  const { client, calls } = slowClient()
  client.setReader(null)
  client.signInAsGuest = vi.fn(async () => {
    client.setReader(reader)
    return reader
  })
  const storage = memoryStore()
  const { start, view } = viewOf(client, storage)
  await start()
  const sent = view.send({ parentId: null, body: 'hello', name: 'Mai' })
  const { settle } = await call(calls, 0)
  expect(client.signInAsGuest).toHaveBeenCalledWith('Mai')
  settle(new ReparteeError('rate_limited'))
  await sent
  expect(view.rootOutbox).toHaveLength(1)
  view.discard(view.rootOutbox[0]?.key ?? '')
  expect(view.rootOutbox).toEqual([])
  expect(storage.values.size).toBe(0)
})
