import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../src/core/actor.ts'
import { editComment } from '../../src/core/comments/edit-comment.ts'
import { getComment } from '../../src/core/comments/get-comment.ts'
import { pendingComments } from '../../src/core/comments/list-pending.ts'
import { listReplies } from '../../src/core/comments/list-replies.ts'
import { removeComment } from '../../src/core/comments/remove-comment.ts'
import { reviewComment } from '../../src/core/comments/review-comment.ts'
import { setReaction } from '../../src/core/reactions/set-reaction.ts'
import { setClosed } from '../../src/core/threads/close-thread.ts'
import { type Core, outcomeOf, startCore } from './core-harness.ts'

let core: Core
beforeAll(async () => {
  core = await startCore()
})
afterAll(() => core.close())

const edit = (actor: Actor, thread: string, comment: string, body: string) =>
  editComment(core.deps, actor, { thread, comment, body })
const remove = (actor: Actor, thread: string, comment: string) => removeComment(core.deps, actor, { thread, comment })
const react = (actor: Actor, thread: string, comment: string, kind = 'like', on = true) =>
  setReaction(core.deps, actor, { thread, comment, kind, on })
const get = (actor: Actor, thread: string, comment: string) => getComment(core.deps, actor, { thread, comment })

const place = async (settings: Parameters<Core['site']>[0] = {}) => {
  const site = await core.site(settings)
  const [ann, bob] = [await core.guest(site), await core.guest(site, 'Bob')]
  const thread = await core.thread(site)
  return { site, ann, bob, thread, staff: core.staff(site), visitor: core.visitor(site) }
}

test('an author can edit within the window after creation; staff can edit at any time', async () => {
  const { site, ann, thread, staff } = await place()
  const { comment } = await core.comment(ann, thread, 'one')
  core.pass(site.settings.editWindowMs - 1)
  const edited = await edit(ann, thread, comment.id, '*two*')
  expect(edited.comment).toMatchObject({ body: '*two*', seq: comment.seq + 1, editedAt: core.deps.now() })
  expect(edited.comment.html).toContain('<em>two</em>')
  expect(core.published.at(-1)?.delta.changes).toMatchObject([{ type: 'comment', comment: { id: comment.id } }])
  core.pass(2)
  expect(await outcomeOf(edit(ann, thread, comment.id, 'three'))).toBe('edit_window_closed')
  expect((await edit(staff, thread, comment.id, 'mended')).comment.body).toBe('mended')
  const never = await place({ editWindowMs: 0 })
  const fixed = await core.comment(never.ann, never.thread, 'fixed')
  expect(await outcomeOf(edit(never.ann, never.thread, fixed.comment.id, 'x'))).toBe('edit_window_closed')
})

test('an edit with the same text changes nothing', async () => {
  const { ann, thread } = await place()
  const { comment } = await core.comment(ann, thread, 'same')
  const publishedBefore = core.published.length
  expect((await edit(ann, thread, comment.id, 'same  \r\n')).comment).toEqual(comment)
  expect(core.published.length).toBe(publishedBefore)
})

test('an edit is moderated like a new comment', async () => {
  const { ann, thread } = await place({
    maxBodyLength: 50,
    words: { blocked: ['casino'], held: ['hmm'] },
    links: { hold: 1, refuse: 1 },
    commentsPerMinute: 4,
  })
  const { comment } = await core.comment(ann, thread, 'fine')
  const attempt = (body: string) => outcomeOf(edit(ann, thread, comment.id, body))
  expect(await attempt(' ')).toBe('body_blank')
  expect(await attempt('x'.repeat(51))).toBe('body_too_long')
  expect(await attempt('a casino')).toBe('blocked_words')
  expect(await attempt('http://a.example http://b.example')).toBe('too_many_links')
  expect(await attempt('one more')).toBe('rate_limited')
  core.pass(60_000)
  expect((await edit(ann, thread, comment.id, 'hmm')).comment.status).toBe('pending')
  expect(core.published.at(-1)?.delta.changes).toMatchObject([{ type: 'comment.gone', id: comment.id }])
})

test('an edit never approves a pending or rejected comment', async () => {
  const { ann, thread, staff } = await place({ words: { blocked: [], held: ['hmm'] } })
  const { comment } = await core.comment(ann, thread, 'hmm')
  expect((await edit(ann, thread, comment.id, 'harmless')).comment.status).toBe('pending')
  await reviewComment(core.deps, staff, { thread, comment: comment.id, status: 'rejected' })
  expect(await outcomeOf(edit(ann, thread, comment.id, 'please'))).toBe('forbidden')
  expect((await edit(staff, thread, comment.id, 'by staff')).comment.status).toBe('rejected')
})

test('an author cannot edit a comment that a moderator rejects in the meantime', async () => {
  const { ann, thread, staff } = await place()
  const { comment } = await core.comment(ann, thread, 'shown')
  const limiter: typeof core.deps.limiter = {
    take: async (rules) => {
      // After the first check of the author's right, before the edit's turn.
      await reviewComment(core.deps, staff, { thread, comment: comment.id, status: 'spam' })
      return core.deps.limiter.take(rules)
    },
  }
  const input = { thread, comment: comment.id, body: 'another text' }
  expect(await outcomeOf(editComment({ ...core.deps, limiter }, ann, input))).toBe('forbidden')
  expect((await core.deps.store.comments.find(ann.site.id, thread, comment.id))?.body).toBe('shown')
})

test('an edit does not undo a concurrent review on another node', async () => {
  const { site, ann, thread } = await place()
  const { comment } = await core.comment(ann, thread, 'shown')
  const { comments } = core.deps.store
  const edit: typeof comments.edit = async (change) => {
    await comments.review({ siteId: site.id, threadId: thread, id: comment.id, status: 'spam' })
    return comments.edit(change)
  }
  const store = { ...core.deps.store, comments: { ...comments, edit } }
  const { comment: edited } = await editComment({ ...core.deps, store }, ann, {
    thread,
    comment: comment.id,
    body: 'x',
  })
  expect(edited).toMatchObject({ body: 'x', status: 'spam' })
  expect(core.published.at(-1)?.delta).toMatchObject({ changes: [{ type: 'comment.gone' }], commentCount: 0 })
})

test('only its author and staff can change a comment, however it is addressed', async () => {
  const { site, ann, bob, thread, visitor } = await place()
  const other = await place()
  const second = await core.thread(site, '/second')
  const { comment } = await core.comment(ann, thread, 'mine')
  const act = { edit: (a: Actor, t: string, c: string) => edit(a, t, c, 'changed'), remove }
  for (const change of Object.values(act)) {
    expect(await outcomeOf(change(bob, thread, comment.id))).toBe('forbidden')
    expect(await outcomeOf(change(visitor, thread, comment.id))).toBe('unauthenticated')
    expect(await outcomeOf(change(ann, second, comment.id))).toBe('comment_not_found')
    expect(await outcomeOf(change(ann, newId(), comment.id))).toBe('comment_not_found')
    expect(await outcomeOf(change(ann, thread, newId()))).toBe('comment_not_found')
    // Staff of another site, and the author's own identity on another site.
    expect(await outcomeOf(change(other.staff, thread, comment.id))).toBe('comment_not_found')
    expect(await outcomeOf(change({ ...ann, site: other.site }, thread, comment.id))).toBe('comment_not_found')
  }
  expect((await get(ann, thread, comment.id)).comment).toEqual(comment)
})

test('a deletion erases the text, and repeating it returns the same result', async () => {
  const { site, ann, thread } = await place()
  const { comment } = await core.comment(ann, thread, 'secret words')
  await edit(ann, thread, comment.id, 'other words')
  const removed = await remove(ann, thread, comment.id)
  expect(removed).toEqual({ id: comment.id, seq: 3, tombstone: null })
  expect(core.published.at(-1)?.delta).toMatchObject({
    changes: [{ type: 'comment.gone', id: comment.id }],
    commentCount: 0,
  })
  expect(await remove(ann, thread, comment.id)).toEqual(removed)
  expect(await outcomeOf(edit(ann, thread, comment.id, 'back'))).toBe('comment_deleted')
  expect(await outcomeOf(get(ann, thread, comment.id))).toBe('comment_not_found')
  const stored = await core.deps.store.comments.find(site.id, thread, comment.id)
  const revisions = await core.sql.query<object>('select * from revisions where comment_id = $1::uuid', [comment.id])
  expect(revisions.length).toBe(1)
  expect(JSON.stringify([stored, revisions])).not.toContain('words')
})

test('a deleted comment with replies stays as a tombstone without author, text or reactions', async () => {
  const { ann, bob, thread, visitor } = await place()
  const { comment } = await core.comment(ann, thread, 'gone soon')
  await react(bob, thread, comment.id)
  const reply = await core.comment(bob, thread, 'reply', comment.id)
  const { tombstone } = await remove(ann, thread, comment.id)
  expect(tombstone).toMatchObject({ id: comment.id, html: '', replyCount: 1, reactions: {}, author: { name: '' } })
  expect(JSON.stringify(tombstone)).not.toMatch(/Ann|gone soon/)
  expect(await remove(ann, thread, comment.id)).toMatchObject({ tombstone })
  const context = await get(visitor, thread, reply.comment.id)
  expect(context.ancestors).toEqual([tombstone])
})

test('a comment can be deleted in a closed thread and after the edit window', async () => {
  const { site, ann, thread, staff } = await place()
  const { comment } = await core.comment(ann, thread)
  core.pass(site.settings.editWindowMs * 10)
  await setClosed(core.deps, staff, { thread, closed: true })
  expect((await remove(ann, thread, comment.id)).id).toBe(comment.id)
})

test('only its author and staff see a pending comment, and the source of any comment', async () => {
  const { ann, bob, thread, staff, visitor } = await place({ premoderation: 'all' })
  const { comment } = await core.comment(ann, thread, '*src*')
  expect(await outcomeOf(get(bob, thread, comment.id))).toBe('comment_not_found')
  expect(await outcomeOf(get(visitor, thread, comment.id))).toBe('comment_not_found')
  expect(await outcomeOf(remove(bob, thread, comment.id))).toBe('comment_not_found')
  expect(await outcomeOf(edit(bob, thread, comment.id, 'x'))).toBe('comment_not_found')
  expect(await outcomeOf(react(bob, thread, comment.id))).toBe('comment_not_found')
  expect((await get(ann, thread, comment.id)).comment.body).toBe('*src*')
  expect((await get(staff, thread, comment.id)).comment.body).toBe('*src*')
  await reviewComment(core.deps, staff, { thread, comment: comment.id, status: 'approved' })
  for (const actor of [bob, visitor]) expect((await get(actor, thread, comment.id)).comment).not.toHaveProperty('body')
})

test('only staff can review, close a thread and list pending comments', async () => {
  const { ann, thread, staff, visitor } = await place({ premoderation: 'all' })
  const { comment } = await core.comment(ann, thread)
  for (const [actor, code] of [[ann, 'forbidden'] as const, [visitor, 'unauthenticated'] as const]) {
    const review = { thread, comment: comment.id, status: 'approved' as const }
    expect(await outcomeOf(reviewComment(core.deps, actor, review))).toBe(code)
    expect(await outcomeOf(setClosed(core.deps, actor, { thread, closed: true }))).toBe(code)
    expect(await outcomeOf(pendingComments(core.deps, actor, { after: null }))).toBe(code)
  }
  expect((await pendingComments(core.deps, staff, { after: null })).map((row) => row.id)).toEqual([comment.id])
  expect(await pendingComments(core.deps, staff, { after: comment.id })).toEqual([])
})

test('a review shows or hides a comment and is published once; an unknown comment is refused', async () => {
  const { ann, thread, staff } = await place({ premoderation: 'all' })
  const { comment } = await core.comment(ann, thread)
  const review = (status: 'approved' | 'rejected', id = comment.id) =>
    reviewComment(core.deps, staff, { thread, comment: id, status })
  expect(await review('approved')).toMatchObject({ status: 'approved', seq: 2 })
  expect(core.published.at(-1)?.delta).toMatchObject({ changes: [{ type: 'comment' }], commentCount: 1 })
  const publishedBefore = core.published.length
  expect(await review('approved')).toMatchObject({ seq: 2 })
  expect(core.published.length).toBe(publishedBefore)
  await review('rejected')
  expect(core.published.at(-1)?.delta).toMatchObject({ changes: [{ type: 'comment.gone' }], commentCount: 0 })
  expect(await outcomeOf(review('approved', newId()))).toBe('comment_not_found')
  await remove(ann, thread, comment.id)
  expect(await outcomeOf(review('approved'))).toBe('comment_deleted')
})

test('a reaction counts once per reader and kind, and only totals are published', async () => {
  const { ann, bob, thread } = await place()
  const { comment } = await core.comment(ann, thread)
  expect(await react(ann, thread, comment.id)).toMatchObject({ reactions: { like: 1 }, mine: ['like'] })
  const publishedBefore = core.published.length
  expect(await react(ann, thread, comment.id)).toMatchObject({ reactions: { like: 1 }, mine: ['like'], seq: 2 })
  expect(core.published.length).toBe(publishedBefore)
  await react(bob, thread, comment.id)
  const both = await react(bob, thread, comment.id, 'love')
  expect(both).toMatchObject({ comment: comment.id, reactions: { like: 2, love: 1 } })
  expect([...both.mine].sort()).toEqual(['like', 'love'])
  expect(core.published.at(-1)?.delta.changes).toEqual([
    { type: 'reactions', seq: 4, id: comment.id, reactions: { like: 2, love: 1 } },
  ])
  const less = await react(bob, thread, comment.id, 'like', false)
  expect(less).toMatchObject({ reactions: { like: 1, love: 1 }, mine: ['love'] })
})

test('a reaction needs an offered kind, a reader, a visible comment and a rate within the limit', async () => {
  const { site, ann, bob, thread, visitor } = await place({ reactions: ['like'], commentsPerMinute: 1 })
  const { comment } = await core.comment(ann, thread)
  expect(await outcomeOf(react(ann, thread, comment.id, 'love'))).toBe('unknown_reaction')
  expect(await outcomeOf(react(visitor, thread, comment.id))).toBe('unauthenticated')
  expect(await outcomeOf(react(bob, thread, newId()))).toBe('comment_not_found')
  const shut = { ...site, settings: { ...site.settings, guests: false } }
  expect(await outcomeOf(react({ ...ann, site: shut }, thread, comment.id))).toBe('guests_not_allowed')
  for (let i = 0; i < 6; i += 1) await react(ann, thread, comment.id, 'like', i % 2 === 0)
  expect(await outcomeOf(react(ann, thread, comment.id))).toBe('rate_limited')
  await core.comment(bob, thread, 'reply', comment.id)
  await remove(ann, thread, comment.id)
  expect(await outcomeOf(react(bob, thread, comment.id))).toBe('comment_deleted')
})

test('a reaction of a kind that the site no longer offers can be removed', async () => {
  const { site, ann, thread } = await place()
  const { comment } = await core.comment(ann, thread)
  await react(ann, thread, comment.id, 'wow')
  const withdrawn = { ...site, settings: { ...site.settings, reactions: ['like'] } }
  expect(await react({ ...ann, site: withdrawn }, thread, comment.id, 'wow', false)).toMatchObject({ reactions: {} })
})

test('replies of all depths are paged once each in order of creation, with the reader’s reactions', async () => {
  const { ann, bob, thread } = await place({ commentsPerMinute: 100 })
  const root = await core.comment(ann, thread, 'root')
  const ids: string[] = []
  let parent = root.comment.id
  for (let i = 0; i < 7; i += 1) {
    const { comment } = await core.comment(ann, thread, `reply ${i}`, parent)
    ids.push(comment.id)
    if (i % 2 === 0) parent = comment.id
  }
  await react(bob, thread, ids[1] ?? '')
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listReplies(core.deps, bob, { thread, comment: root.comment.id, limit: 3, cursor })
    expect(page.comments.every((comment) => comment.body === undefined)).toBe(true)
    if (cursor === undefined) expect(page.mine).toEqual({ [ids[1] ?? '']: ['like'] })
    seen.push(...page.comments.map((comment) => comment.id))
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  expect(seen).toEqual(ids)
  const fromReply = await listReplies(core.deps, core.visitor(bob.site), { thread, comment: ids[6] ?? '' })
  expect(fromReply.comments.length).toBe(7)
  expect(fromReply).not.toHaveProperty('mine')
})

test('replies of an unknown comment, and those after a foreign cursor, are refused', async () => {
  const { ann, thread, visitor } = await place({ premoderation: 'all' })
  const { comment } = await core.comment(ann, thread)
  const list = (id: string, cursor?: string) =>
    outcomeOf(listReplies(core.deps, visitor, { thread, comment: id, cursor }))
  expect(await list(comment.id)).toBe('comment_not_found')
  expect(await list(newId())).toBe('comment_not_found')
  expect(await list(comment.id, '1.2')).toBe('invalid_request')
  expect(await list(comment.id, 'zzzzzzzzzzzzzz')).toBe('invalid_request')
})

test('closing a thread is published once', async () => {
  const { thread, staff } = await place()
  const publishedBefore = core.published.length
  await setClosed(core.deps, staff, { thread, closed: true })
  expect((await setClosed(core.deps, staff, { thread, closed: true })).closed).toBe(true)
  expect(core.published.slice(publishedBefore).map((item) => item.delta)).toMatchObject([
    { thread, from: 0, to: 1, changes: [{ type: 'thread', seq: 1, closed: true }] },
  ])
  expect(await outcomeOf(setClosed(core.deps, staff, { thread: newId(), closed: true }))).toBe('thread_not_found')
})
