import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AT, comment, openScene, replyTo } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from './engines.ts'

describe.each(engines)('the context of a new comment, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())
  const context = (q: Partial<Parameters<OpenStore['store']['comments']['createContext']>[0]>) =>
    opened.store.comments.createContext({
      siteId: newId(),
      threadId: newId(),
      authorId: newId(),
      key: newId(),
      parentId: null,
      bodyDigest: '',
      duplicatesSinceAt: 0,
      ...q,
    })

  test('of an unknown thread it is empty', async () => {
    expect(await context({})).toEqual({
      thread: null,
      author: null,
      existing: null,
      parent: null,
      duplicateOf: null,
      approvedCount: 0,
    })
  })

  test('it has the thread, the comment stored under the key with its digest, and the parent', async () => {
    const { add, thread, find, siteId, threadId } = await openScene(opened.store)
    const root = await add(comment())
    const given = replyTo(root, { keyDigest: 'first digest' })
    await add(given)
    const { authorId, key } = given
    expect(await context({ siteId, threadId, authorId, key, parentId: root.id })).toEqual({
      thread: await thread(),
      author: null,
      existing: { comment: await find(given.id), keyDigest: 'first digest' },
      parent: await find(root.id),
      duplicateOf: null,
      approvedCount: 1,
    })
    expect((await context({ siteId, threadId, authorId: newId(), key })).existing).toBeNull()
  })

  test('it has the author under the latest name, and no author of another site', async () => {
    const { authors } = opened.store
    const [siteId, authorId] = [newId(), newId()]
    await authors.create({ siteId, id: authorId, name: 'Ada', role: 'guest', nowAt: AT })
    await authors.rename(siteId, authorId, 'Ada L.')
    expect((await context({ siteId, authorId })).author).toEqual({ id: authorId, name: 'Ada L.', role: 'guest' })
    expect((await context({ siteId })).author).toBeNull()
    expect((await context({ authorId })).author).toBeNull()
  })

  test('the same text by the same author counts as a duplicate on the whole site, for a while', async () => {
    const siteId = newId()
    const [here, there] = [await openScene(opened.store, siteId), await openScene(opened.store, siteId)]
    const authorId = newId()
    const given = await there.add(comment({ authorId, bodyDigest: 'same', createdAt: AT }))
    const q = { siteId, threadId: here.threadId, authorId, bodyDigest: 'same' }
    expect((await context({ ...q, duplicatesSinceAt: AT })).duplicateOf).toBe(given.id)
    expect((await context({ ...q, duplicatesSinceAt: AT + 1 })).duplicateOf).toBeNull()
    expect((await context({ ...q, bodyDigest: 'other' })).duplicateOf).toBeNull()
    expect((await context({ ...q, authorId: newId() })).duplicateOf).toBeNull()
    await there.remove(given.id)
    expect((await context(q)).duplicateOf).toBeNull()
  })

  test('an author counts as approved once a comment of theirs is approved anywhere on the site', async () => {
    const siteId = newId()
    const [here, there] = [await openScene(opened.store, siteId), await openScene(opened.store, siteId)]
    const authorId = newId()
    const pending = await there.add(comment({ authorId, status: 'pending' }))
    const q = { siteId, threadId: here.threadId, authorId }
    expect((await context(q)).approvedCount).toBe(0)
    await there.review(pending.id, 'approved')
    await there.add(comment({ authorId }))
    expect((await context(q)).approvedCount).toBe(1)
  })
})
