import { ReparteeError } from '@repartee/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { comment, deltaOf, id, reader, snapshotOf } from './fixtures/comments.ts'
import { eventually, fakeClient, memoryStore, viewOf } from './fixtures/thread-view.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Longer than the wait until a saved copy is checked again. */
const AGAIN_MS = 20_000

const saved = { ...snapshotOf([comment(2), comment(1)]), stale: true }
const viewer = {
  author: reader,
  reactions: { [id(1)]: ['like'] },
  pending: [comment(9, { author: reader, status: 'pending', body: 'mine' })],
}

test('a saved copy is marked until the service has more than that, and nothing moves then', async () => {
  const client = fakeClient({}, saved)
  const { start, view } = viewOf(client)
  await start()
  expect([view.phase, view.stale]).toEqual(['ready', true])
  await vi.advanceTimersByTimeAsync(AGAIN_MS)
  expect([view.stale, vi.mocked(client.getSnapshot).mock.calls.length]).toEqual([true, 2])

  client.setReader(reader)
  vi.mocked(client.getSnapshot).mockResolvedValueOnce({ ...snapshotOf([comment(3), comment(2), comment(1)]), viewer })
  await vi.advanceTimersByTimeAsync(AGAIN_MS)
  expect(view.stale).toBe(false)
  expect(view.roots.map(({ comment, mine }) => [comment.id, mine])).toEqual([
    [id(2), []],
    [id(1), ['like']],
  ])
  expect(view.rootOutbox.map(({ state }) => state)).toEqual(['pending'])
  expect(view.commentCount).toBe(3)
  await vi.advanceTimersByTimeAsync(10 * AGAIN_MS)
  expect(client.getSnapshot).toHaveBeenCalledTimes(3)
})

test('a live change removes the mark', async () => {
  const client = fakeClient({}, saved)
  const { start, view } = viewOf(client)
  await start()
  client.deliver(deltaOf([comment(3)]))
  expect([view.stale, view.newCount]).toEqual([false, 1])
})

test('a check that fails leaves the mark, and is repeated', async () => {
  const client = fakeClient({}, saved)
  const { start, view } = viewOf(client)
  await start()
  vi.mocked(client.getSnapshot).mockRejectedValueOnce(new ReparteeError('unavailable'))
  await vi.advanceTimersByTimeAsync(AGAIN_MS)
  expect(view.stale).toBe(true)
  vi.mocked(client.getSnapshot).mockResolvedValueOnce(snapshotOf([comment(2), comment(1)]))
  await vi.advanceTimersByTimeAsync(AGAIN_MS)
  expect(view.stale).toBe(false)
})

test('a comment that cannot be stored marks the page too, and is sent once, with its key, when it can be', async () => {
  const client = fakeClient({}, snapshotOf([comment(1)]))
  client.setReader(reader)
  client.setConnection('live')
  const storage = memoryStore()
  const { start, view } = viewOf(client, storage)
  await start()
  const keys: string[] = []
  client.createComment = vi.fn(async ({ key }) => {
    keys.push(key)
    if (keys.length === 1) throw new ReparteeError('unavailable')
    return { created: true, comment: comment(2, { author: reader }) }
  })
  vi.mocked(client.getSnapshot).mockResolvedValue({ ...snapshotOf([comment(1)]), stale: true })
  await view.send({ parentId: null, body: 'kept' })
  await eventually(() => expect(view.stale).toBe(true))
  expect(view.rootOutbox).toMatchObject([{ state: 'failed', error: 'unavailable', body: 'kept' }])

  vi.mocked(client.getSnapshot).mockResolvedValue(snapshotOf([comment(1)]))
  await vi.advanceTimersByTimeAsync(AGAIN_MS)
  expect(view.stale).toBe(false)
  await eventually(() => expect(view.rootOutbox).toEqual([]))
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
  expect(storage.get('repartee:outbox:demo:/post')).toBeNull()
})
