import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Position } from '../../../src/core/ports/comment-store.ts'
import type { StoredComment } from '../../../src/core/stored-comment.ts'
import { comment, openScene, present, replyTo, type Scene } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from './engines.ts'

describe.each(engines)('pages, $name', (engine) => {
  let opened: OpenStore
  let scene: Scene
  const roots: StoredComment[] = []
  beforeAll(async () => {
    opened = await openStore(engine)
    scene = await openScene(opened.store)
    const written = present(
      await scene.insert(
        ...Array.from({ length: 23 }, (_, n) =>
          comment({ status: n % 7 === 3 ? 'pending' : 'approved', createdAt: 1_000 - n }),
        ),
      ),
    )
    for (const [n, root] of written.comments.entries()) {
      if (root.listed) for (let times = 0; times < n % 3; times += 1) await scene.react(root.id, newId(), 'like')
      roots.push(present(await scene.find(root.id)))
    }
  })
  afterAll(() => opened.close())
  const comments = () => opened.store.comments
  const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id)

  const walk = async (sort: 'newest' | 'oldest' | 'top', limit: number): Promise<string[]> => {
    const seen: string[] = []
    for (let after: Position | null = null; ; ) {
      const page = await comments().roots({ siteId: scene.siteId, threadId: scene.threadId, sort, after, limit })
      seen.push(...ids(page))
      const last = page.at(-1)
      if (last === undefined) return seen
      after = { createdSeq: last.createdSeq, score: last.score }
    }
  }

  test.each([1, 4, 7, 100])('every sort lists each listed root once, in order, in pages of %i', async (limit) => {
    const listed = roots.filter((root) => root.listed)
    const oldest = listed.toSorted((a, b) => a.createdSeq - b.createdSeq)
    expect(await walk('oldest', limit)).toEqual(ids(oldest))
    expect(await walk('newest', limit)).toEqual(ids(oldest.toReversed()))
    const top = listed.toSorted((a, b) => b.score - a.score || b.createdSeq - a.createdSeq)
    expect(await walk('top', limit)).toEqual(ids(top))
  })

  test('first replies of several roots are grouped by root, in order of creation, listed ones only', async () => {
    const { add, remove, siteId, threadId } = await openScene(opened.store)
    const [a, b, c] = [await add(comment()), await add(comment()), await add(comment())]
    const a1 = await add(replyTo(a))
    const b1 = await add(replyTo(b, { status: 'pending' }))
    const a2 = await add(replyTo(a1))
    const a3 = await add(replyTo(a))
    const b2 = await add(replyTo(b))
    await remove(a1.id)
    const rootIds = [b.id, c.id, a.id]
    const first = await comments().firstReplies({ siteId, threadId, rootIds, limit: 2 })
    expect(ids(first)).toEqual([b2.id, a1.id, a2.id])
    expect(ids(first)).not.toContain(b1.id)
    expect(ids(await comments().firstReplies({ siteId, threadId, rootIds, limit: 5 }))).toEqual(
      [b2, a1, a2, a3].map(({ id }) => id),
    )
  })

  test('replies of a root, at all depths, are paged in order of creation', async () => {
    const { add, siteId, threadId } = await openScene(opened.store)
    const root = await add(comment())
    const all: StoredComment[] = []
    for (let n = 0; n < 11; n += 1) all.push(await add(replyTo(n % 2 === 0 ? root : present(all.at(-1)))))
    await add(replyTo(root, { status: 'spam' }))
    const walked: string[] = []
    for (let after = 0; ; ) {
      const page = await comments().replies({ siteId, threadId, rootId: root.id, after, limit: 3 })
      walked.push(...ids(page))
      const last = page.at(-1)
      if (last === undefined) break
      after = last.createdSeq
    }
    expect(walked).toEqual(ids(all))
  })

  test('changes since a seq are listed once each, in order, in any status, in pages', async () => {
    const { add, edit, remove, review, changedSince } = await openScene(opened.store)
    const rows = [
      await add(comment()),
      await add(comment({ status: 'pending' })),
      await add(comment()),
      await add(comment()),
    ]
    const [a, b, c, d] = ids(rows)
    await edit(present(a))
    await remove(present(c))
    await review(present(b), 'rejected')
    const expected = [d, a, c, b]
    expect(ids(await changedSince(0))).toEqual(expected)
    const walked: string[] = []
    for (let since = 0; ; ) {
      const page = await changedSince(since, 1)
      walked.push(...ids(page))
      const last = page.at(-1)
      if (last === undefined) break
      since = last.seq
    }
    expect(walked).toEqual(expected)
    expect(ids(await changedSince(5))).toEqual([c, b])
  })

  test('ancestors are listed from the root to the parent, at most fifty', async () => {
    const { add, siteId, threadId } = await openScene(opened.store)
    const line = [await add(comment())]
    for (let n = 0; n < 55; n += 1) line.push(await add(replyTo(present(line.at(-1)))))
    const ancestors = (of: StoredComment | undefined) => comments().ancestors(siteId, threadId, present(of))
    expect(ids(await ancestors(line[0]))).toEqual([])
    expect(ids(await ancestors(line[3]))).toEqual(ids(line.slice(0, 3)))
    expect(ids(await ancestors(line[55]))).toEqual(ids(line.slice(5, 55)))
  })

  test('pending comments are found by site and by author, oldest first, without deleted ones', async () => {
    const siteId = newId()
    const [here, there] = [await openScene(opened.store, siteId), await openScene(opened.store, siteId)]
    const authorId = newId()
    const mine = [comment({ authorId, status: 'pending' }), comment({ authorId, status: 'pending' })] as const
    const others = [comment({ status: 'pending' }), comment({ authorId, status: 'pending' })] as const
    await here.insert(mine[0], others[0], mine[1], comment({ authorId }))
    await there.insert(others[1])
    const gone = await here.add(comment({ authorId, status: 'pending' }))
    await here.remove(gone.id)
    expect(ids(await comments().pendingByAuthor(siteId, here.threadId, authorId))).toEqual(ids(mine))
    const queue = ids([...mine, ...others]).sort()
    expect(ids(await comments().pending(siteId, null, 10))).toEqual(queue)
    expect(ids(await comments().pending(siteId, present(queue[1]), 1))).toEqual([queue[2]])
  })

  test('reply counts are returned for the given comments', async () => {
    const { add, siteId, threadId } = await openScene(opened.store)
    const root = await add(comment())
    const reply = await add(replyTo(root))
    await add(replyTo(reply))
    const counts = await comments().replyCounts(siteId, threadId, [root.id, reply.id, newId()])
    expect(counts).toEqual({ [root.id]: 2, [reply.id]: 1 })
  })
})
