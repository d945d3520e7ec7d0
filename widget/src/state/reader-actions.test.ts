import { type CommandResult, ReparteeError } from '@repartee/sdk'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { comment, deltaOf, id, reader, snapshotOf } from './fixtures/comments.ts'
import { eventually, fakeClient, memoryStore, viewOf } from './fixtures/thread-view.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const own = comment(1, { author: reader, reactions: { like: 1 } })

const started = async () => {
  const client = fakeClient({}, snapshotOf([own]))
  client.setReader(reader)
  const thread = viewOf(client)
  await thread.start()
  return { client, thread, view: thread.view }
}

const reacted = (reactions: Record<string, number>, mine: string[], seq: number): CommandResult<'reaction.add'> => ({
  comment: id(1),
  seq,
  reactions,
  mine,
})

test('a reaction is shown at once, is not counted twice when its delta comes first, and stays when stored', async () => {
  const { client, view } = await started()
  let settle: (result: CommandResult<'reaction.add'>) => void = () => {}
  client.addReaction = vi.fn(() => new Promise<CommandResult<'reaction.add'>>((resolve) => (settle = resolve)))
  const done = view.toggleReaction(id(1), 'like')
  await eventually(() => expect(client.addReaction).toHaveBeenCalled())
  expect(view.roots[0]).toMatchObject({ mine: ['like'], comment: { reactions: { like: 2 } } })
  client.deliver(
    deltaOf([], { from: 1, to: 2, changes: [{ type: 'reactions', seq: 2, id: id(1), reactions: { like: 2 } }] }),
  )
  expect(view.roots[0]?.comment.reactions).toEqual({ like: 2 })
  settle(reacted({ like: 2 }, ['like'], 2))
  await done
  expect(view.roots[0]).toMatchObject({ mine: ['like'], comment: { reactions: { like: 2 } } })
})

test('a refused reaction is rolled back', async () => {
  const { client, view } = await started()
  client.addReaction = async () => Promise.reject(new ReparteeError('rate_limited'))
  await expect(view.toggleReaction(id(1), 'like')).rejects.toMatchObject({ code: 'rate_limited' })
  expect(view.roots[0]).toMatchObject({ mine: [], comment: { reactions: { like: 1 } } })
})

test('two quick clicks end where they began, and are sent in order', async () => {
  const { client, view } = await started()
  const asked: string[] = []
  client.addReaction = async () => {
    asked.push('add')
    return reacted({ like: 2 }, ['like'], 2)
  }
  client.removeReaction = async () => {
    asked.push('remove')
    return reacted({ like: 1 }, [], 3)
  }
  await Promise.all([view.toggleReaction(id(1), 'like'), view.toggleReaction(id(1), 'like')])
  expect(asked).toEqual(['add', 'remove'])
  expect(view.roots[0]).toMatchObject({ mine: [], comment: { reactions: { like: 1 } } })
})

test('a deletion can be undone for 6 s, and is not sent before that', async () => {
  const { client, view } = await started()
  client.deleteComment = vi.fn(async () => ({ id: id(1), seq: 2, tombstone: null }))
  view.remove(id(1))
  await eventually(() => expect(view.roots[0]?.leaving).toBe(true))
  await vi.advanceTimersByTimeAsync(5_000)
  view.undoRemove(id(1))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(client.deleteComment).not.toHaveBeenCalled()
  expect(view.roots[0]?.leaving).toBe(false)

  view.remove(id(1))
  await vi.advanceTimersByTimeAsync(6_000)
  expect(client.deleteComment).toHaveBeenCalledTimes(1)
  expect(view.roots).toEqual([])
})

test('leaving the page deletes at once, and only once, a comment that was to be deleted', async () => {
  const { client, thread, view } = await started()
  client.deleteComment = vi.fn(async () => ({ id: id(1), seq: 2, tombstone: null }))
  view.remove(id(1))
  await eventually(() => expect(view.roots[0]?.leaving).toBe(true))
  thread.flush()
  thread.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(client.deleteComment).toHaveBeenCalledTimes(1)
})

test('a deletion that fails leaves the comment, and tells the reader why', async () => {
  const { client, view } = await started()
  client.deleteComment = async () => Promise.reject(new ReparteeError('unavailable'))
  view.remove(id(1))
  await eventually(() => expect(view.roots[0]?.leaving).toBe(true))
  await vi.advanceTimersByTimeAsync(6_000)
  expect(view.roots).toHaveLength(1)
  expect(view.roots[0]?.leaving).toBe(false)
  expect(view.alert).not.toBe('')
})

test('an edit is shown at once, and its source is available for the next one', async () => {
  const { client, view } = await started()
  client.getComment = async () => ({ comment: { ...own, body: 'before' }, ancestors: [] })
  expect(await view.source(id(1))).toBe('before')
  client.editComment = async () => ({ comment: { ...own, seq: 2, html: '<p>after</p>', body: 'after', editedAt: 3 } })
  await view.edit(id(1), 'after')
  expect(view.roots[0]?.comment.html).toBe('<p>after</p>')
  expect(await view.source(id(1))).toBe('after')
})

test('drafts survive a reload, each with its parent, and tabs do not overwrite each other', async () => {
  const storage = memoryStore()
  const opened = async (over = {}) => {
    const { view } = viewOf(fakeClient(), storage, over)
    await view.prepare()
    return view
  }
  const first = await opened()
  const second = await opened()
  first.saveDraft(null, 'a root')
  second.saveDraft(id(1), 'a reply')
  await vi.advanceTimersByTimeAsync(1_000)
  const reloaded = await opened()
  expect(reloaded.draft(null)).toEqual({ body: 'a root' })
  expect(reloaded.draft(id(1))).toEqual({ body: 'a reply' })
  expect(reloaded.hasDraft).toBe(true)
  const other = await opened({ page: '/other' })
  expect([other.hasDraft, other.draft(null)]).toEqual([false, { body: '' }])
})

test('storage with invalid content counts as empty', async () => {
  const storage = memoryStore()
  for (const nonsense of ['{', '[1]', '"x"', '{"a":1}']) {
    storage.set('repartee:draft:demo:/post', nonsense)
    const { view } = viewOf(fakeClient(), storage)
    await view.prepare()
    expect([view.hasDraft, view.draft(null)]).toEqual([false, { body: '' }])
  }
})

test('a load that fails for now is retried automatically, and one that is refused is not', async () => {
  const client = fakeClient()
  vi.mocked(client.getSnapshot).mockRejectedValueOnce(new ReparteeError('unavailable'))
  const { start, view } = viewOf(client)
  await start()
  expect(view).toMatchObject({ phase: 'error', error: 'unavailable' })
  await vi.advanceTimersByTimeAsync(20_000)
  expect(view.phase).toBe('ready')

  const refusing = fakeClient({ getSnapshot: vi.fn(async () => Promise.reject(new ReparteeError('site_not_found'))) })
  await viewOf(refusing).start()
  await vi.advanceTimersByTimeAsync(600_000)
  expect(refusing.getSnapshot).toHaveBeenCalledTimes(1)
})

test('a permalink is the URL of the page with a hash of our own', async () => {
  const { view } = await started()
  expect(view.permalink(id(1))).toBe(`https://blog.example/post?x=1#repartee-${id(1)}`)
})
