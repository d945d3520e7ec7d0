import type { Delta } from '@repartee/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { comment, deltaOf, id, reader, snapshotOf } from './fixtures/comments.ts'
import { eventually, fakeClient, viewOf } from './fixtures/thread-view.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const roots = (view: { roots: readonly { comment: { id: string } }[] }): string[] =>
  view.roots.map((node) => node.comment.id)

const started = async (
  first = snapshotOf([comment(1), comment(2, { parentId: id(1) })]),
  over: Parameters<typeof viewOf>[2] = {},
) => {
  const client = fakeClient({}, first)
  const thread = viewOf(client, undefined, over)
  await thread.start()
  return { client, thread, view: thread.view }
}

const change = (next: Delta['changes'][number], over: Partial<Delta> = {}): Delta =>
  deltaOf([], { from: next.seq - 1, to: next.seq, changes: [next], ...over })

test('new comments of others wait behind the pill until the reader asks for them, and are fresh then', async () => {
  const { client, view } = await started()
  client.deliver(deltaOf([comment(3)]))
  client.deliver(deltaOf([comment(4, { parentId: id(1) })]))
  expect(roots(view)).toEqual([id(1)])
  expect(view.roots[0]?.children).toHaveLength(1)
  expect(view.newCount).toBe(2)
  expect(view.commentCount).toBe(4)

  view.showNew()
  expect(view.newCount).toBe(0)
  expect(roots(view)).toEqual([id(3), id(1)])
  expect(view.roots.map(({ fresh }) => fresh)).toEqual([true, false])
  expect(view.roots[1]?.children.map(({ fresh }) => fresh)).toEqual([false, true])
})

test('edits, reaction totals and deletions apply in place at once', async () => {
  const { client, view } = await started()
  client.deliver(deltaOf([comment(1, { seq: 3, html: 'edited', editedAt: 5 })]))
  client.deliver(change({ type: 'reactions', seq: 4, id: id(1), reactions: { like: 2 } }))
  expect(view.roots[0]?.comment).toMatchObject({ html: 'edited', reactions: { like: 2 } })
  client.deliver(change({ type: 'comment.gone', seq: 5, id: id(2) }))
  expect(view.roots[0]?.children).toEqual([])
  client.deliver(change({ type: 'comment.gone', seq: 6, id: id(1) }))
  expect(view.roots).toEqual([])
  expect(view.newCount).toBe(0)
})

test('a queued comment that is deleted leaves the pill', async () => {
  const { client, view } = await started()
  client.deliver(deltaOf([comment(3)]))
  client.deliver(change({ type: 'comment.gone', seq: 4, id: id(3) }))
  expect(view.newCount).toBe(0)
})

test('the first comment of an empty thread is drawn at once', async () => {
  const { client, view } = await started(snapshotOf([]))
  client.deliver(deltaOf([comment(1)]))
  expect(roots(view)).toEqual([id(1)])
  expect(view.newCount).toBe(0)
})

test('with the oldest first, a comment at the end is drawn at once only if the end is out of sight', async () => {
  const first = snapshotOf([comment(1)])
  const below = await started(first, { sort: 'oldest', isEndOutOfSight: () => true })
  below.client.deliver(deltaOf([comment(2)]))
  expect(roots(below.view)).toEqual([id(1), id(2)])
  const inSight = await started(first, { sort: 'oldest' })
  inSight.client.deliver(deltaOf([comment(2)]))
  expect(roots(inSight.view)).toEqual([id(1)])
  expect(inSight.view.newCount).toBe(1)
})

test('with the oldest first and pages missing, a new root comes with the last page', async () => {
  const { client, view } = await started({ ...snapshotOf([comment(1)]), next: 'c' }, { sort: 'oldest' })
  client.deliver(deltaOf([comment(9)]))
  expect(view.newCount).toBe(0)
  vi.mocked(client.getSnapshot).mockResolvedValueOnce(snapshotOf([comment(2), comment(9)]))
  await view.loadMore()
  expect(roots(view)).toEqual([id(1), id(2), id(9)])
})

test('a reply in a conversation that is not loaded does not show the pill', async () => {
  const { client, view } = await started()
  client.deliver(deltaOf([comment(9, { parentId: id(8) })]))
  expect(view.newCount).toBe(0)
})

test('an edit of an old reply that is not loaded neither shows the pill nor draws the reply', async () => {
  const { client, view } = await started(snapshotOf([comment(10, { replyCount: 2 })]))
  const old = comment(11, { parentId: id(10), createdSeq: 3, seq: 12, editedAt: 9 })
  client.deliver(deltaOf([old]))
  expect(view.newCount).toBe(0)
  expect(view.roots[0]?.children).toEqual([])
  expect(view.roots[0]?.hiddenReplies).toBe(2)
  client.getReplies = async () => ({ comments: [comment(5, { parentId: id(10) }), old], next: null })
  await view.loadReplies(id(10))
  expect(view.roots[0]?.children).toHaveLength(2)
  expect(view.roots[0]?.hiddenReplies).toBe(0)
})

test('replies loaded later show which reactions are the reader’s own', async () => {
  const { client, view } = await started(snapshotOf([comment(10, { replyCount: 1 })]))
  const reply = comment(11, { parentId: id(10), reactions: { like: 1 } })
  client.getReplies = async () => ({ comments: [reply], next: null, mine: { [id(11)]: ['like'] } })
  await view.loadReplies(id(10))
  expect(view.roots[0]?.children[0]?.mine).toEqual(['like'])
})

test('a comment that the reader wrote elsewhere is drawn at once', async () => {
  const client = fakeClient({}, snapshotOf([comment(1)]))
  client.setReader(reader)
  const { start, view } = viewOf(client)
  await start()
  client.deliver(deltaOf([comment(2, { author: reader })]))
  expect(roots(view)).toEqual([id(2), id(1)])
  expect(view.roots[0]?.own).toBe(true)
})

test('pages are merged without repeating a comment, and a page never undoes a newer change', async () => {
  const { client, view } = await started({ ...snapshotOf([comment(5), comment(4)]), next: 'c' })
  client.deliver(deltaOf([comment(3, { seq: 6, html: 'edited', editedAt: 1 })], { from: 5 }))
  vi.mocked(client.getSnapshot).mockResolvedValueOnce(snapshotOf([comment(4), comment(3)]))
  await view.loadMore()
  expect(roots(view)).toEqual([id(5), id(4), id(3)])
  expect(view.roots[2]?.comment.html).toBe('edited')
  expect(view.hasMore).toBe(false)
})

test('after a lost position as many roots as were drawn are loaded again, in a new history too', async () => {
  const { client, view } = await started(snapshotOf([comment(50), comment(40), comment(30)]))
  const saved = view.draft(null)
  const healed = snapshotOf([comment(3, { html: 'restored' }), comment(2)])
  vi.mocked(client.getSnapshot).mockResolvedValueOnce({ ...healed, thread: { ...healed.thread, epoch: id(7) } })
  client.handlers?.onReload()
  await eventually(() => expect(roots(view)).toEqual([id(3), id(2)]))
  expect(view.draft(null)).toEqual(saved)
  expect(client.getSnapshot).toHaveBeenLastCalledWith(expect.objectContaining({ limit: 3 }))
  client.deliver(deltaOf([comment(4)]))
  expect(view.newCount).toBe(1)
})

test('a reload that fails keeps what is drawn, and is retried', async () => {
  const { client, view } = await started(snapshotOf([comment(1)]))
  vi.mocked(client.getSnapshot).mockRejectedValueOnce(new Error('away'))
  vi.mocked(client.getSnapshot).mockResolvedValueOnce(snapshotOf([comment(2), comment(1)]))
  client.handlers?.onReload()
  await vi.advanceTimersByTimeAsync(0)
  expect(roots(view)).toEqual([id(1)])
  expect(view.phase).toBe('ready')
  await vi.advanceTimersByTimeAsync(20_000)
  expect(roots(view)).toEqual([id(2), id(1)])
})

test('another order replaces the list, and loses nothing that arrived in the meantime', async () => {
  const { client, view } = await started(snapshotOf([comment(2), comment(1)]))
  let answer: (snapshot: ReturnType<typeof snapshotOf>) => void = () => {}
  vi.mocked(client.getSnapshot).mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
  const sorting = view.setSort('top')
  client.deliver(deltaOf([comment(3)]))
  answer(snapshotOf([comment(1), comment(2)]))
  await sorting
  expect(view.sort).toBe('top')
  expect(roots(view)).toEqual([id(1), id(2)])
  expect(view.newCount).toBe(1)
  view.showNew()
  expect(roots(view)).toEqual([id(3), id(1), id(2)])
})

test('a permalink to a comment that is not loaded shows its conversation, until its page is loaded', async () => {
  const { client, thread, view } = await started({ ...snapshotOf([comment(9)]), next: 'c' })
  const target = comment(3, { parentId: id(1) })
  client.getComment = async () => ({ comment: target, ancestors: [comment(1, { replyCount: 4 })] })
  await thread.focus(id(3))
  expect(view.focusedId).toBe(id(3))
  expect(view.linked?.children.map((node) => node.comment.id)).toEqual([id(3)])
  expect(roots(view)).toEqual([id(9)])
  vi.mocked(client.getSnapshot).mockResolvedValueOnce(snapshotOf([comment(1), target]))
  await view.loadMore()
  expect(view.linked).toBeNull()
  expect(roots(view)).toEqual([id(9), id(1)])
})

test('arrivals are announced at once, then collected for 10 s, and never with their text', async () => {
  const { client, view } = await started()
  client.deliver(deltaOf([comment(3)]))
  expect(view.announcement).toBe('1 new comment')
  client.deliver(deltaOf([comment(4)]))
  client.deliver(deltaOf([comment(5)]))
  await vi.advanceTimersByTimeAsync(9_000)
  expect(view.announcement).toBe('')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(view.announcement).toBe('2 new comments')
})

test('the reader is not among those who are typing', async () => {
  const client = fakeClient()
  client.setReader(reader)
  const { start, view } = viewOf(client)
  await start()
  client.handlers?.onPresence({ count: 3, typing: ['Mai', 'Duc', 'Mai'] })
  expect(view.presence).toEqual({ count: 3, typing: ['Duc', 'Mai'] })
})
