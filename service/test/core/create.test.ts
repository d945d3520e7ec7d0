import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createComment } from '../../src/core/comments/create-comment.ts'
import { editComment } from '../../src/core/comments/edit-comment.ts'
import { removeComment } from '../../src/core/comments/remove-comment.ts'
import { reviewComment } from '../../src/core/comments/review-comment.ts'
import { updateSite } from '../../src/core/sites/update-site.ts'
import { setClosed } from '../../src/core/threads/close-thread.ts'
import { type Core, outcomeOf, startCore } from './core-harness.ts'

let core: Core
beforeAll(async () => {
  core = await startCore()
})
afterAll(() => core.close())

const rowsOf = async (threadId: string): Promise<number> =>
  (await core.sql.query<object>('select 1 from comments c where c.thread_id = $1::uuid', [threadId])).length

test('a comment is stored, returned with its source and published without it', async () => {
  const site = await core.site()
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const { comment, created } = await core.comment(ann, thread, '  **hi**  \r\n')
  expect(created).toBe(true)
  expect(comment).toMatchObject({ body: '  **hi**', status: 'approved', depth: 0, parentId: null, seq: 1 })
  expect(comment.html).toContain('<strong>hi</strong>')
  expect(comment.rootId).toBe(comment.id)
  const { delta } = core.published.at(-1) ?? {}
  expect(delta).toMatchObject({ thread, from: 0, to: 1, commentCount: 1 })
  expect(delta?.changes).toEqual([
    { type: 'comment', seq: 1, comment: expect.objectContaining({ id: comment.id, html: comment.html }) },
  ])
  expect(JSON.stringify(delta)).not.toContain('**hi**')
})

test('a reply belongs to its parent and root and is counted at both', async () => {
  const site = await core.site()
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const root = await core.comment(ann, thread, 'root')
  const reply = await core.comment(ann, thread, 'reply', root.comment.id)
  const deeper = await core.comment(ann, thread, 'deeper', reply.comment.id)
  expect(deeper.comment).toMatchObject({ parentId: reply.comment.id, rootId: root.comment.id, depth: 2 })
  expect(core.published.at(-1)?.delta.replyCounts).toEqual({ [root.comment.id]: 2, [reply.comment.id]: 1 })
})

test('a retry with the same key and text returns the same comment, is not rate-limited and changes nothing', async () => {
  const site = await core.site({ commentsPerMinute: 1 })
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const input = { thread, key: newId(), body: 'once' }
  const first = await createComment(core.deps, ann, input)
  const publishedBefore = core.published.length
  for (let i = 0; i < 5; i += 1)
    expect(await createComment(core.deps, ann, { ...input, body: 'once \n' })).toEqual({ ...first, created: false })
  expect(core.published.length).toBe(publishedBefore)
  expect(await rowsOf(thread)).toBe(1)
})

test('a retry is answered even if the thread was closed or guests were disallowed in the meantime', async () => {
  const site = await core.site()
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const input = { thread, key: newId(), body: 'in time' }
  await createComment(core.deps, ann, input)
  await setClosed(core.deps, core.staff(site), { thread, closed: true })
  const without = { ...site, settings: { ...site.settings, guests: false } }
  expect((await createComment(core.deps, { ...ann, site: without }, input)).created).toBe(false)
})

test('a key used for another text or another parent is refused', async () => {
  const site = await core.site()
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const root = await core.comment(ann, thread, 'root')
  const key = newId()
  await createComment(core.deps, ann, { thread, key, body: 'one' })
  expect(await outcomeOf(createComment(core.deps, ann, { thread, key, body: 'two' }))).toBe('key_reused')
  const asReply = { thread, key, body: 'one', parentId: root.comment.id }
  expect(await outcomeOf(createComment(core.deps, ann, asReply))).toBe('key_reused')
  expect(await rowsOf(thread)).toBe(2)
})

test('another reader’s comment may have the same key', async () => {
  const site = await core.site()
  const [ann, bob] = [await core.guest(site), await core.guest(site, 'Bob')]
  const thread = await core.thread(site)
  const input = { thread, key: newId(), body: 'mine' }
  const one = await createComment(core.deps, ann, input)
  const two = await createComment(core.deps, bob, input)
  expect(two.created).toBe(true)
  expect(two.comment.id).not.toBe(one.comment.id)
})

test('one key sent 50 times at once creates one comment and gets 50 equal answers', async () => {
  const site = await core.site({ commentsPerMinute: 2 })
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const input = { thread, key: newId(), body: 'storm' }
  const answers = await Promise.all(Array.from({ length: 50 }, () => createComment(core.deps, ann, input)))
  expect(new Set(answers.map((answer) => JSON.stringify(answer.comment))).size).toBe(1)
  expect(answers.filter((answer) => answer.created).length).toBe(1)
  expect(await rowsOf(thread)).toBe(1)
  expect(core.deps.singleFlight.size).toBe(0)
})

test('concurrent attempts on different nodes create one comment and get equal answers', async () => {
  const site = await core.site({ commentsPerMinute: 100, duplicateWindowMs: 0 })
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const input = { thread, key: newId(), body: 'two nodes' }
  // Each request has a single flight of its own, as on different nodes.
  const apart = Array.from({ length: 20 }, async () => {
    const singleFlight = {
      share: async <T>(_: string, work: () => Promise<T>) => ({ value: await work(), first: true }),
      size: 0,
    }
    return createComment({ ...core.deps, singleFlight }, ann, input)
  })
  const answers = await Promise.all(apart)
  expect(new Set(answers.map((answer) => JSON.stringify(answer.comment))).size).toBe(1)
  expect(answers.filter((answer) => answer.created).length).toBe(1)
  expect(await rowsOf(thread)).toBe(1)
})

test('two texts sent at once with one key result in one comment and one key_reused', async () => {
  const site = await core.site()
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const key = newId()
  const results = await Promise.all(
    ['one', 'two'].map((body) => outcomeOf(createComment(core.deps, ann, { thread, key, body }))),
  )
  expect(results.filter((result) => result === 'key_reused').length).toBe(1)
  expect(await rowsOf(thread)).toBe(1)
})

test('a comment whose thread or parent does not accept it is refused and not stored', async () => {
  const [site, other] = [await core.site(), await core.site()]
  const [ann, stranger] = [await core.guest(site), await core.guest(other)]
  const thread = await core.thread(site)
  const foreign = await core.thread(other)
  const elsewhere = await core.thread(site, '/elsewhere')
  const there = await core.comment(ann, elsewhere, 'there')
  const deleted = await core.comment(ann, thread, 'deleted')
  await removeComment(core.deps, ann, { thread, comment: deleted.comment.id })
  const tombstone = await core.comment(ann, thread, 'tombstone')
  await core.comment(ann, thread, 'keeps it', tombstone.comment.id)
  await removeComment(core.deps, ann, { thread, comment: tombstone.comment.id })
  const rejected = await core.comment(ann, thread, 'rejected')
  await reviewComment(core.deps, core.staff(site), { thread, comment: rejected.comment.id, status: 'rejected' })
  const before = await rowsOf(thread)

  const attempt = (to: string, parentId: string | null = null, actor = ann) =>
    outcomeOf(core.comment(actor, to, `text ${Math.random()}`, parentId))
  expect(await attempt(newId())).toBe('thread_not_found')
  expect(await attempt(foreign)).toBe('thread_not_found')
  expect(await attempt(thread, null, stranger)).toBe('thread_not_found')
  expect(await attempt(thread, newId())).toBe('parent_not_found')
  expect(await attempt(thread, there.comment.id)).toBe('parent_not_found')
  expect(await attempt(thread, deleted.comment.id)).toBe('parent_unavailable')
  expect(await attempt(thread, tombstone.comment.id)).toBe('parent_unavailable')
  expect(await attempt(thread, rejected.comment.id)).toBe('parent_unavailable')
  await setClosed(core.deps, core.staff(site), { thread, closed: true })
  expect(await attempt(thread)).toBe('thread_closed')
  expect(await rowsOf(thread)).toBe(before)
  await setClosed(core.deps, core.staff(site), { thread, closed: false })
  expect((await core.comment(ann, thread, 'open again')).created).toBe(true)
})

test('a pending comment accepts no replies', async () => {
  const site = await core.site({ premoderation: 'all' })
  const [ann, bob] = [await core.guest(site), await core.guest(site, 'Bob')]
  const thread = await core.thread(site)
  const { comment } = await core.comment(ann, thread, 'waiting')
  expect(comment.status).toBe('pending')
  expect(core.published.at(-1)?.delta.changes).toEqual([])
  expect(core.published.at(-1)?.delta.commentCount).toBe(0)
  expect(await outcomeOf(core.comment(bob, thread, 'reply', comment.id))).toBe('parent_unavailable')
})

test('a blank, overlong, duplicate or forbidden text is refused and not stored', async () => {
  const site = await core.site({
    maxBodyLength: 100,
    links: { hold: 1, refuse: 2 },
    words: { blocked: ['casino'], held: ['hmm'] },
  })
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const attempt = (body: string) => outcomeOf(core.comment(ann, thread, body))
  expect(await attempt('')).toBe('body_blank')
  expect(await attempt(' \n\t ')).toBe('body_blank')
  expect(await attempt('\u200b\u2060\ufeff')).toBe('body_blank')
  expect(await attempt('x'.repeat(101))).toBe('body_too_long')
  expect(await attempt('https://a.example https://b.example https://c.example')).toBe('too_many_links')
  expect(await attempt('best casino')).toBe('blocked_words')
  expect(await rowsOf(thread)).toBe(0)
  expect((await core.comment(ann, thread, 'hmm')).comment.status).toBe('pending')
  await core.comment(ann, thread, 'same')
  expect(await attempt('same')).toBe('duplicate_comment')
  core.pass(site.settings.duplicateWindowMs + 1)
  expect((await core.comment(ann, thread, 'same')).created).toBe(true)
})

test('a reader who writes too fast is told how long to wait, and so is a network of many readers', async () => {
  const site = await core.site({ commentsPerMinute: 2 })
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  await core.comment(ann, thread, '1')
  await core.comment(ann, thread, '2')
  const refused = core.comment(ann, thread, '3')
  await expect(refused).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 30_000 })
  core.pass(30_000)
  expect((await core.comment(ann, thread, '3')).created).toBe(true)

  const outcomes: unknown[] = []
  for (let i = 0; i < 20; i += 1) {
    const many = await core.guest(site, `Reader ${i}`, '198.51.100.0/32')
    for (const body of ['a', 'b']) outcomes.push(await outcomeOf(core.comment(many, thread, `${body} ${i}`)))
    core.pass(1)
  }
  expect(outcomes.filter((outcome) => outcome === 'rate_limited').length).toBe(20)
})

test('refusing a rate-limited comment is cheap, whatever its text', async () => {
  const site = await core.site({ commentsPerMinute: 1, maxBodyLength: 20_000 })
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  await core.comment(ann, thread, 'one')
  const body = '<'.repeat(20_000)
  const before = process.cpuUsage()
  for (let i = 0; i < 20; i += 1) expect(await outcomeOf(core.comment(ann, thread, body))).toBe('rate_limited')
  // Rendering one of these used to take a tenth of a second of CPU time.
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000)
})

test('visitors, unknown readers, and guests on a site without guests are refused', async () => {
  const site = await core.site()
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  expect(await outcomeOf(core.comment(core.visitor(site), thread))).toBe('unauthenticated')
  const closed = await updateSite(core.deps, { key: site.publicKey, settings: { guests: false } })
  expect(await outcomeOf(core.comment({ ...ann, site: closed }, thread))).toBe('guests_not_allowed')
  const unknown = { ...ann, reader: { id: newId(), name: 'Ghost', role: 'guest' as const } }
  expect(await outcomeOf(core.comment(unknown, thread))).toBe('token_invalid')
})

test('a guest can change their name with a comment, from that comment on', async () => {
  const site = await core.site()
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const before = await core.comment(ann, thread, 'before')
  const input = { thread, key: newId(), body: 'renamed', author: { name: '  Anna  Lee ' } }
  const renamed = await createComment(core.deps, ann, input)
  const after = await core.comment(ann, thread, 'after')
  expect([before, renamed, after].map((answer) => answer.comment.author.name)).toEqual(['Ann', 'Anna Lee', 'Anna Lee'])
  const bad = { thread, key: newId(), body: 'nameless', author: { name: '\u200b' } }
  expect(await outcomeOf(createComment(core.deps, ann, bad))).toBe('name_invalid')
})

test('a reply and the deletion of its parent at once take effect in one of the two orders', async () => {
  const site = await core.site({ commentsPerMinute: 1_000 })
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  for (let round = 0; round < 12; round += 1) {
    const parent = await core.comment(ann, thread, `parent ${round}`)
    const id = parent.comment.id
    const reply = () => outcomeOf(core.comment(ann, thread, `reply ${round}`, id))
    const remove = () => removeComment(core.deps, ann, { thread, comment: id })
    const [a, b] = round % 2 === 0 ? [reply(), remove()] : [remove(), reply()]
    const [one, two] = await Promise.all([a, b])
    const [replied, removed] = round % 2 === 0 ? [one, two] : [two, one]
    const stored = await core.deps.store.comments.find(site.id, thread, id)
    if (replied === 'parent_unavailable') expect(stored?.listed).toBe(false)
    else {
      expect(replied).toMatchObject({ answered: { created: true } })
      expect(stored?.listed).toBe(true)
      expect(removed).toMatchObject({ tombstone: { id, html: '' } })
    }
  }
})

test('an edit and a deletion at once never restore the deleted text', async () => {
  const site = await core.site({ commentsPerMinute: 1_000 })
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  for (let round = 0; round < 12; round += 1) {
    const { comment } = await core.comment(ann, thread, `text ${round}`)
    const edit = () => outcomeOf(editComment(core.deps, ann, { thread, comment: comment.id, body: `new ${round}` }))
    const remove = () => outcomeOf(removeComment(core.deps, ann, { thread, comment: comment.id }))
    await Promise.all(round % 2 === 0 ? [edit(), remove()] : [remove(), edit()])
    const stored = await core.deps.store.comments.find(site.id, thread, comment.id)
    expect(stored).toMatchObject({ body: '', html: '', listed: false })
    expect(stored?.deletedAt).not.toBeNull()
  }
})

test('a thread’s deltas are published without a gap, in commit order', async () => {
  const site = await core.site({ commentsPerMinute: 1_000 })
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  await Promise.all(Array.from({ length: 120 }, (_, i) => core.comment(ann, thread, `n ${i}`)))
  const deltas = core.published.filter((item) => item.delta.thread === thread).map((item) => item.delta)
  expect(deltas.length).toBeLessThan(120)
  let at = 0
  for (const delta of deltas) {
    expect(delta.from).toBe(at)
    at = delta.to
  }
  expect(at).toBe(120)
})

test('a comment is refused if its thread is closed or its parent deleted after the checks', async () => {
  const site = await core.site()
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const parent = await core.comment(ann, thread, 'parent')
  const { writer } = core.deps
  const overtaken = (before: () => Promise<unknown>) => ({
    ...core.deps,
    writer: {
      ...writer,
      create: async (...row: Parameters<typeof writer.create>) => {
        await before()
        return writer.create(...row)
      },
    },
  })
  const removing = overtaken(() => removeComment(core.deps, ann, { thread, comment: parent.comment.id }))
  const reply = { thread, key: newId(), body: 'late reply', parentId: parent.comment.id }
  expect(await outcomeOf(createComment(removing, ann, reply))).toBe('parent_unavailable')
  const closing = overtaken(() => setClosed(core.deps, core.staff(site), { thread, closed: true }))
  expect(await outcomeOf(createComment(closing, ann, { thread, key: newId(), body: 'late' }))).toBe('thread_closed')
  expect(await rowsOf(thread)).toBe(1)
})
