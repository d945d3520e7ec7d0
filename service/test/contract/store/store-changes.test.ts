import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AT, comment, one, openScene, present, replyTo } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from './engines.ts'

describe.each(engines)('changing comments, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())
  const scene = () => openScene(opened.store)
  const revisions = async (commentId: string) =>
    opened.sql.query<{ body: string; html: string }>(
      'select body, html from revisions where comment_id = $1::uuid order by replaced_at, id',
      [commentId],
    )

  test('an edit replaces the text, keeps the position and stores the old text as a revision', async () => {
    const { add, edit, find } = await scene()
    const before = await add(comment({ body: 'first', html: '<p>first</p>' }))
    await add(comment())
    const written = present(await edit(before.id, { body: 'second' }))
    expect(written).toMatchObject({ from: 2, to: 3, commentCount: 2, replyCounts: {} })
    expect(one(written.comments)).toEqual({
      ...before,
      seq: 3,
      body: 'second',
      html: '<p>second</p>',
      editedAt: AT + 1_000,
    })
    expect(await find(before.id)).toEqual(one(written.comments))
    await edit(before.id, { body: 'third' })
    expect((await revisions(before.id)).map(({ body }) => body).sort()).toEqual(['first', 'second'])
  })

  test('an edit that needs approval hides the comment until a review approves it', async () => {
    const { add, edit, review, thread } = await scene()
    const root = await add(comment())
    const reply = await add(replyTo(root))
    const hidden = present(await edit(reply.id, { status: 'pending' }))
    expect(one(hidden.comments)).toMatchObject({ status: 'pending', listed: false, published: true })
    expect(hidden).toMatchObject({ commentCount: 1, replyCounts: { [root.id]: 0 } })
    const shown = present(await review(reply.id, 'approved'))
    expect(one(shown.comments)).toMatchObject({ status: 'approved', listed: true, createdSeq: 2, seq: 4 })
    expect(shown).toMatchObject({ commentCount: 2, replyCounts: { [root.id]: 1 } })
    expect(await thread()).toMatchObject({ head: 4, commentCount: 2 })
  })

  test('an edit does not change the status of a comment that is pending or was reviewed', async () => {
    const { add, edit, find, thread } = await scene()
    const root = await add(comment())
    for (const status of ['pending', 'rejected', 'spam'] as const) {
      const { id } = await add(replyTo(root, { status }))
      for (const verdict of ['approved', 'pending'] as const) {
        const written = present(await edit(id, { body: verdict, status: verdict }))
        expect(written).toMatchObject({ commentCount: 1, replyCounts: {} })
        expect(one(written.comments)).toMatchObject({ body: verdict, status, listed: false, published: false })
      }
    }
    expect(await find(root.id)).toMatchObject({ replyCount: 0 })
    expect((await thread()).commentCount).toBe(1)
  })

  test('a review made at the same time as an edit holds, whichever comes first', async () => {
    for (let round = 0; round < 12; round += 1) {
      const { add, edit, review, find, thread } = await scene()
      const root = await add(comment())
      const { id } = await add(replyTo(root))
      const status = round % 2 === 0 ? 'spam' : 'rejected'
      const [edited, reviewed] = await Promise.all([edit(id), review(id, status)])
      expect([edited, reviewed]).not.toContain(null)
      expect(await find(id)).toMatchObject({ body: 'edited', status, listed: false })
      expect(await find(root.id)).toMatchObject({ replyCount: 0 })
      expect((await thread()).commentCount).toBe(1)
    }
  })

  test('approving a comment lists it; a review that does not change the status changes nothing', async () => {
    const { add, review, thread } = await scene()
    const pending = await add(comment({ status: 'pending' }))
    expect(await review(pending.id, 'pending')).toBeNull()
    expect(one(present(await review(pending.id, 'spam')).comments)).toMatchObject({ published: false, listed: false })
    const approved = present(await review(pending.id, 'approved'))
    expect(one(approved.comments)).toMatchObject({ published: true, listed: true })
    expect(approved.commentCount).toBe(1)
    const rejected = present(await review(pending.id, 'rejected'))
    expect(one(rejected.comments)).toMatchObject({ published: true, listed: false })
    expect(await thread()).toMatchObject({ head: 4, commentCount: 0 })
  })

  test('removing a comment without replies clears it and its revisions and unlists it', async () => {
    const { add, edit, remove, find } = await scene()
    const root = await add(comment())
    const reply = await add(replyTo(root))
    await edit(reply.id)
    const written = present(await remove(reply.id))
    expect(one(written.comments)).toMatchObject({
      body: '',
      html: '',
      listed: false,
      published: true,
      deletedAt: AT + 2_000,
      seq: 4,
    })
    expect(written).toMatchObject({ from: 3, to: 4, commentCount: 1, replyCounts: { [root.id]: 0 } })
    expect(await revisions(reply.id)).toEqual([{ body: '', html: '' }])
    expect((await find(root.id))?.replyCount).toBe(0)
  })

  test('a removed comment with listed replies stays as a tombstone, even after they are removed', async () => {
    const { add, remove, find, thread } = await scene()
    const root = await add(comment())
    const reply = await add(replyTo(root))
    const nested = await add(replyTo(reply))
    const tombstone = present(await remove(reply.id))
    expect(one(tombstone.comments)).toMatchObject({ body: '', html: '', listed: true, replyCount: 1 })
    expect(tombstone).toMatchObject({ commentCount: 2, replyCounts: {} })
    const last = present(await remove(nested.id))
    expect(last).toMatchObject({ commentCount: 1, replyCounts: { [root.id]: 1, [reply.id]: 0 } })
    expect(await find(reply.id)).toMatchObject({ listed: true, replyCount: 0 })
    expect((await thread()).commentCount).toBe(1)
  })

  test('pending replies do not make a tombstone', async () => {
    const { add, remove } = await scene()
    const root = await add(comment())
    await add(replyTo(root, { status: 'pending' }))
    expect(one(present(await remove(root.id)).comments)).toMatchObject({ listed: false })
  })

  test('a deleted comment cannot be deleted, edited or reviewed', async () => {
    const { add, remove, edit, review, thread } = await scene()
    const root = await add(comment())
    await add(replyTo(root))
    await remove(root.id)
    const { head } = await thread()
    expect(await remove(root.id)).toBeNull()
    expect(await edit(root.id)).toBeNull()
    expect(await review(root.id, 'spam')).toBeNull()
    expect(await edit(newId())).toBeNull()
    expect((await thread()).head).toBe(head)
  })

  test('a reply sent while its parent is being deleted is either refused or turns it into a tombstone', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { add, insert, remove, find } = await scene()
      const root = await add(comment())
      const [reply] = await Promise.all([insert(replyTo(root)), remove(root.id)])
      expect(await find(root.id)).toMatchObject({ listed: reply !== null, replyCount: reply === null ? 0 : 1 })
    }
  })

  test('concurrent changes of different kinds take every seq once', async () => {
    const { add, insert, edit, review, react, changedSince, thread } = await scene()
    const [a, b] = [await add(comment()), await add(comment())]
    const written = await Promise.all([
      edit(a.id),
      insert(comment(), replyTo(b)),
      react(b.id, newId(), 'like'),
      review(a.id, 'spam'),
      insert(comment()),
      react(b.id, newId(), 'like'),
    ])
    const spans = written
      .flatMap((change) => (change === null ? [] : [[change.from, change.to]]))
      .sort(([x = 0], [y = 0]) => x - y)
    // When its answer is lost, a change is reported with the latest state of the row.
    if (engine.losesAnswers === undefined)
      expect(spans.map(([from]) => from)).toEqual([2, ...spans.slice(0, -1).map(([, to]) => to)])
    const seqs = (await changedSince(0)).map(({ seq }) => seq)
    expect(new Set(seqs).size).toBe(seqs.length)
    expect((await thread()).head).toBe(Math.max(...spans.map(([, to = 0]) => to)))
  })
})
