import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AT, comment, openScene, present, replyTo } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from './engines.ts'

describe.each(engines)('inserting comments, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())
  const scene = (siteId?: string) => openScene(opened.store, siteId)

  test('a stored comment is returned as given, with times to the millisecond', async () => {
    const { add, find, threadId } = await scene()
    const body = 'Ελληνικά, 漢字, 🙂, "quotes", \\ backslash, {braces}, NULL, comma,\nnew line\t$1'
    const given = comment({
      body,
      html: body,
      authorName: 'O\'Brien, {"x"}',
      authorRole: 'moderator',
      status: 'pending',
    })
    const stored = await add(given)
    expect(stored).toEqual({
      id: given.id,
      threadId,
      parentId: null,
      rootId: given.id,
      depth: 0,
      authorId: given.authorId,
      authorName: given.authorName,
      authorRole: 'moderator',
      seq: 1,
      createdSeq: 1,
      status: 'pending',
      body,
      html: body,
      score: 0,
      reactions: {},
      replyCount: 0,
      pinned: false,
      listed: false,
      published: false,
      createdAt: AT,
      editedAt: null,
      deletedAt: null,
    })
    expect(await find(given.id)).toEqual(stored)
  })

  test('a batch takes one seq per comment, in order, and returns the head before and after', async () => {
    const { insert, add, thread } = await scene()
    await add(comment())
    const batch = [comment(), comment({ status: 'pending' }), comment()]
    const written = present(await insert(...batch))
    expect(written.from).toBe(1)
    expect(written.to).toBe(4)
    expect(written.comments.map(({ id, seq, createdSeq }) => [id, seq, createdSeq])).toEqual(
      batch.map(({ id }, index) => [id, index + 2, index + 2]),
    )
    expect(written.commentCount).toBe(3)
    expect(await thread()).toMatchObject({ head: 4, commentCount: 3 })
  })

  test('a batch of one author with descending ids keeps its order', async () => {
    const { insert } = await scene()
    const authorId = newId()
    const batch = Array.from({ length: 50 }, () => comment({ authorId })).reverse()
    const written = present(await insert(...batch))
    expect(written.comments.map(({ id }) => id)).toEqual(batch.map(({ id }) => id))
  })

  test('a key stores one comment, even if sent again, twice in one batch, or with another text', async () => {
    const { insert, thread } = await scene()
    const first = comment()
    const twin = { ...first, id: newId() }
    const written = present(await insert(first, { ...twin, rootId: twin.id, body: 'other' }, comment()))
    expect(written.comments.map(({ id, seq }) => [id === first.id, seq])).toEqual([
      [true, 1],
      [false, 2],
    ])
    expect(await insert(first)).toBeNull()
    expect(await insert({ ...first, id: newId(), body: 'other' })).toBeNull()
    expect(await thread()).toMatchObject({ head: 2, commentCount: 2 })
  })

  test('one key sent fifty times at once makes one comment with one seq', async () => {
    const { insert, thread, changedSince } = await scene()
    const given = comment()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => {
        const id = newId()
        return insert({ ...given, id, rootId: id })
      }),
    )
    expect(answers.filter((written) => written !== null)).toHaveLength(1)
    expect(await thread()).toMatchObject({ head: 1, commentCount: 1 })
    expect(await changedSince(0)).toHaveLength(1)
  })

  test('another author may use the same key, and so may the same author in another thread', async () => {
    const siteId = newId()
    const [here, there] = [await scene(siteId), await scene(siteId)]
    const given = comment()
    await here.add(given)
    const other = newId()
    expect(await here.insert({ ...comment(), key: given.key, authorId: other })).not.toBeNull()
    expect(await there.insert({ ...comment(), key: given.key, authorId: given.authorId })).not.toBeNull()
  })

  test('concurrent inserts leave no gap and no duplicate in the seqs', async () => {
    const { insert, changedSince, thread } = await scene()
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => insert(...Array.from({ length: (n % 3) + 1 }, () => comment()))),
    )
    const rows = await changedSince(0)
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1))
    expect((await thread()).head).toBe(rows.length)
  })

  test('a reply is counted for its parent and its root, once if they are the same', async () => {
    const { add, insert, find } = await scene()
    const root = await add(comment())
    const reply = await add(replyTo(root))
    const written = present(await insert(replyTo(reply), replyTo(root), replyTo(root, { status: 'pending' })))
    expect(written.replyCounts).toEqual({ [root.id]: 3, [reply.id]: 1 })
    expect((await find(root.id))?.replyCount).toBe(3)
    expect((await find(reply.id))?.replyCount).toBe(1)
  })

  test('a row whose parent is missing, pending, deleted or in another thread is left out and takes no seq', async () => {
    const siteId = newId()
    const { add, insert, remove, thread } = await scene(siteId)
    const elsewhere = await (await scene(siteId)).add(comment())
    const kept = await add(comment())
    const pending = await add(comment({ status: 'pending' }))
    const gone = await add(comment())
    await remove(gone.id)
    const tombstone = await add(comment())
    await add(replyTo(tombstone))
    await remove(tombstone.id)
    const { head } = await thread()
    const refused = [{ id: newId(), rootId: newId(), depth: 0 }, pending, gone, tombstone, elsewhere].map((to) =>
      replyTo(to),
    )
    expect(await insert(...refused)).toBeNull()
    const good = replyTo(kept)
    const written = present(await insert(...refused.slice(0, 2), good, ...refused.slice(2)))
    expect(written.comments.map(({ id, seq }) => [id, seq])).toEqual([[good.id, head + 1]])
    expect((await thread()).head).toBe(head + 1)
  })

  test('a row that is left out does not use up its key: the next row in the batch with that key is stored', async () => {
    const { add, insert } = await scene()
    const pending = await add(comment({ status: 'pending' }))
    const [authorId, key] = [newId(), newId()]
    const next = comment({ authorId, key })
    const written = present(await insert(replyTo(pending, { authorId, key }), next, comment({ authorId, key })))
    expect(written.comments.map(({ id, seq }) => [id, seq])).toEqual([[next.id, 2]])
  })

  test('a closed thread accepts none until it is reopened', async () => {
    const { insert, siteId, threadId, thread } = await scene()
    await opened.store.threads.setClosed(siteId, threadId, true)
    expect(await insert(comment())).toBeNull()
    expect((await thread()).head).toBe(1)
    await opened.store.threads.setClosed(siteId, threadId, false)
    expect((await insert(comment()))?.to).toBe(3)
  })

  test('a thread that does not exist accepts none', async () => {
    expect(await opened.store.comments.insert(newId(), newId(), [comment()])).toBeNull()
  })
})
