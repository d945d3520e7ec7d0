import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { removeComment } from '../../src/core/comments/remove-comment.ts'
import { reviewComment } from '../../src/core/comments/review-comment.ts'
import { setReaction } from '../../src/core/reactions/set-reaction.ts'
import { changes } from '../../src/core/threads/changes.ts'
import { setClosed } from '../../src/core/threads/close-thread.ts'
import { countComments } from '../../src/core/threads/count-comments.ts'
import { readSnapshot } from '../../src/core/threads/read-snapshot.ts'
import { type Core, outcomeOf, startCore } from './core-harness.ts'

let core: Core
beforeAll(async () => {
  core = await startCore()
})
afterAll(() => core.close())

const generous = { commentsPerMinute: 10_000 }

test('the first visit creates the page’s thread and later ones find it', async () => {
  const site = await core.site()
  const first = await readSnapshot(core.deps, core.visitor(site), { page: '/a' })
  expect(first).toMatchObject({
    site: { key: site.publicKey, name: 'Blog' },
    thread: { page: '/a', head: 0, commentCount: 0, closed: false },
    comments: [],
    next: null,
  })
  const again = await readSnapshot(core.deps, core.visitor(site), { page: '/a' })
  expect(again.thread).toEqual(first.thread)
  const other = await readSnapshot(core.deps, core.visitor(await core.site()), { page: '/a' })
  expect(other.thread.id).not.toBe(first.thread.id)
  expect(other.thread.epoch).toBe(first.thread.epoch)
})

test('fifty first visits at once create one thread', async () => {
  const site = await core.site()
  const visits = await Promise.all(
    Array.from({ length: 50 }, () => readSnapshot(core.deps, core.visitor(site), { page: '/rush' })),
  )
  expect(new Set(visits.map((visit) => visit.thread.id)).size).toBe(1)
})

test('one network can create at most 60 threads a minute, and can still read existing ones', async () => {
  const site = await core.site()
  const visit = (page: string) => readSnapshot(core.deps, core.visitor(site, '203.0.113.0/32'), { page })
  for (let i = 0; i < 60; i += 1) await visit(`/${i}`)
  await expect(visit('/60')).rejects.toMatchObject({ code: 'rate_limited' })
  expect((await visit('/0')).thread.page).toBe('/0')
  core.pass(1_000)
  expect((await visit('/60')).thread.page).toBe('/60')
})

test('a page’s address and title are stored only if they are plausible', async () => {
  const site = await core.site({}, ['https://blog.example', 'self'])
  const keep = async (url: string, title = 'T') => {
    const page = `/${newId()}`
    await readSnapshot(core.deps, { ...core.visitor(site), host: 'service.example' }, { page, url, title })
    const thread = await core.deps.store.threads.findByPage(site.id, page)
    return [thread?.url, thread?.title]
  }
  expect(await keep('https://u:p@blog.example/x?y=1#z', ' A \n\u202e title ')).toEqual([
    'https://blog.example/x?y=1',
    'A title',
  ])
  expect(await keep('http://service.example/demo/')).toEqual(['http://service.example/demo/', 'T'])
  for (const url of ['https://evil.example/', 'javascript:alert(1)', 'data:text/html,x', 'ftp://blog.example/', 'x'])
    expect((await keep(url))[0]).toBe('')
  expect((await keep('https://blog.example/', 'é'.repeat(1_000)))[1]).toBe('é'.repeat(300))
})

test('each order pages through every root once, with its first three replies', async () => {
  const site = await core.site(generous)
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const roots: string[] = []
  const score = new Map<string, number>()
  for (let i = 0; i < 12; i += 1) {
    const { comment } = await core.comment(ann, thread, `root ${i}`)
    roots.push(comment.id)
    score.set(comment.id, i % 3 === 0 ? 1 : 0)
    if (i % 3 === 0) await setReaction(core.deps, ann, { thread, comment: comment.id, kind: 'like', on: true })
  }
  const replies: string[] = []
  for (let i = 0; i < 5; i += 1) replies.push((await core.comment(ann, thread, `reply ${i}`, roots[4])).comment.id)

  const walk = async (sort: 'newest' | 'oldest' | 'top') => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const page = await readSnapshot(core.deps, core.visitor(site), { page: '/post', sort, limit: 5, cursor })
      ids.push(...page.comments.map((comment) => comment.id))
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    return ids
  }
  const withReplies = (ids: string[]) => ids.flatMap((id) => (id === roots[4] ? [id, ...replies.slice(0, 3)] : [id]))
  const newest = roots.toReversed()
  expect(await walk('oldest')).toEqual(withReplies(roots))
  expect(await walk('newest')).toEqual(withReplies(newest))
  expect(await walk('top')).toEqual(withReplies(newest.toSorted((a, b) => (score.get(b) ?? 0) - (score.get(a) ?? 0))))
})

test('a page has 25 roots by default and never more than 100', async () => {
  const site = await core.site(generous)
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  await Promise.all(Array.from({ length: 103 }, (_, i) => core.comment(ann, thread, `n ${i}`)))
  const at = async (limit?: number) =>
    (await readSnapshot(core.deps, core.visitor(site), { page: '/post', limit })).comments.length
  expect([await at(), await at(1), await at(1_000)]).toEqual([25, 1, 100])
})

test('a cursor of another sort is refused', async () => {
  const site = await core.site()
  for (const [sort, cursor] of [
    ['top', '1'],
    ['newest', '1.1'],
    ['oldest', '-1'],
  ] as const)
    expect(await outcomeOf(readSnapshot(core.deps, core.visitor(site), { page: '/post', sort, cursor }))).toBe(
      'invalid_request',
    )
})

test('the shared part of a page is read once for all readers and contains nothing private', async () => {
  const site = await core.site({ ...generous, premoderation: 'first' })
  const [ann, bob] = [await core.guest(site), await core.guest(site, 'Bob')]
  const thread = await core.thread(site)
  const { comment } = await core.comment(ann, thread, 'first')
  await reviewComment(core.deps, core.staff(site), { thread, comment: comment.id, status: 'approved' })
  await setReaction(core.deps, ann, { thread, comment: comment.id, kind: 'like', on: true })
  const waiting = await core.comment(bob, thread, 'waits')

  core.counted.length = 0
  const read = (actor: typeof ann) => readSnapshot(core.deps, actor, { page: '/post' })
  const [asAnn, asBob, asNobody] = await Promise.all([read(ann), read(bob), read(core.visitor(site))])
  const lookups = core.counted.filter((entry) => entry.name === 'page_cache').map((entry) => entry.labels.result)
  expect(lookups.sort()).toEqual(['hit', 'hit', 'miss'])
  expect(asAnn.comments).toEqual(asNobody.comments)
  expect(asNobody.comments.map((row) => [row.id, row.body])).toEqual([[comment.id, undefined]])
  expect(asNobody).not.toHaveProperty('viewer')
  expect(asAnn.viewer).toMatchObject({ author: { name: 'Ann' }, reactions: { [comment.id]: ['like'] }, pending: [] })
  expect(asBob.viewer).toMatchObject({ reactions: {}, pending: [{ id: waiting.comment.id, body: 'waits' }] })
})

test('changes since any position, applied to the state at that position, give the current state', async () => {
  const site = await core.site(generous)
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const actor = core.visitor(site)
  const root = (await core.comment(ann, thread, 'root')).comment.id
  const reply = (await core.comment(ann, thread, 'reply', root)).comment.id
  const gone = (await core.comment(ann, thread, 'gone')).comment.id
  await setClosed(core.deps, core.staff(site), { thread, closed: true })
  await removeComment(core.deps, ann, { thread, comment: gone })
  await setReaction(core.deps, ann, { thread, comment: root, kind: 'like', on: true })
  const { thread: now } = await readSnapshot(core.deps, actor, { page: '/post' })

  const all = await changes(core.deps, actor, { thread, since: 0, epoch: now.epoch })
  expect(all).toMatchObject({ from: 0, to: 6, head: 6, epoch: now.epoch, commentCount: 2, replyCounts: { [root]: 1 } })
  if ('reload' in all) throw new Error('unexpected')
  expect(all.changes).toMatchObject([
    { type: 'comment', seq: 2, comment: { id: reply } },
    { type: 'thread', seq: 4, closed: true },
    { type: 'comment.gone', seq: 5, id: gone },
    { type: 'comment', seq: 6, comment: { id: root, reactions: { like: 1 }, replyCount: 1 } },
  ])
  expect(await changes(core.deps, actor, { thread, since: 5 })).toMatchObject({ from: 5, to: 6, changes: [{ seq: 6 }] })
  expect(await changes(core.deps, actor, { thread, since: 6 })).toMatchObject({ from: 6, to: 6, changes: [] })
})

test('a position of another epoch or beyond the head means reload; an unknown or foreign thread is refused', async () => {
  const site = await core.site()
  const thread = await core.thread(site)
  const ask = (since: number, epoch?: string, id = thread, at = site) =>
    outcomeOf(changes(core.deps, core.visitor(at), { thread: id, since, epoch }))
  expect(await ask(0, newId())).toEqual({ answered: { reload: true } })
  expect(await ask(1)).toEqual({ answered: { reload: true } })
  expect(await ask(0, undefined, newId())).toBe('thread_not_found')
  expect(await ask(0, undefined, thread, await core.site())).toBe('thread_not_found')
})

test('changes that exceed one answer come in several, and no public change is missing', async () => {
  const site = await core.site(generous)
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  const made = await Promise.all(
    Array.from({ length: 1_100 }, (_, i) => {
      const id = newId()
      return core.deps.writer.create(site.id, thread, {
        ...{ id, parentId: null, rootId: id, depth: 0, key: newId(), keyDigest: '', status: 'approved' },
        ...{ authorId: ann.reader?.id ?? '', authorName: 'Ann', authorRole: 'guest' },
        ...{ body: `n ${i}`, html: `<p>n ${i}</p>`, bodyDigest: `${i}`, createdAt: core.deps.now() },
      })
    }),
  )
  const seen = new Set<string>()
  let since = 0
  let answers = 0
  for (;;) {
    const answer = await changes(core.deps, core.visitor(site), { thread, since })
    if ('reload' in answer) throw new Error('unexpected')
    expect(answer.from).toBe(since)
    expect(answer.changes.length).toBeLessThanOrEqual(500)
    for (const change of answer.changes) if (change.type === 'comment') seen.add(change.comment.id)
    answers += 1
    since = answer.to
    if (answer.to >= answer.head) break
  }
  expect(answers).toBe(3)
  expect(seen).toEqual(new Set(made.map((comment) => comment?.id)))
})

test('a comment that was never public is not among the changes, but its position is covered', async () => {
  const site = await core.site({ premoderation: 'all' })
  const ann = await core.guest(site)
  const thread = await core.thread(site)
  await core.comment(ann, thread)
  const answer = await changes(core.deps, core.visitor(site), { thread, since: 0 })
  expect(answer).toMatchObject({ from: 0, to: 1, changes: [], commentCount: 0 })
})

test('counts are of visible comments, and 0 for pages without a thread or of another site', async () => {
  const site = await core.site(generous)
  const ann = await core.guest(site)
  const thread = await core.thread(site, '/one')
  await core.comment(ann, thread, 'a')
  const { comment } = await core.comment(ann, thread, 'b')
  await removeComment(core.deps, ann, { thread, comment: comment.id })
  const pages = ['/one', '/none', '/one', '__proto__', 'constructor']
  const { counts } = await countComments(core.deps, core.visitor(site), { pages })
  expect(Object.entries(counts).sort()).toEqual([
    ['/none', 0],
    ['/one', 1],
    ['__proto__', 0],
    ['constructor', 0],
  ])
  const foreign = await countComments(core.deps, core.visitor(await core.site()), { pages: ['/one'] })
  expect(foreign.counts).toEqual({ '/one': 0 })
})
