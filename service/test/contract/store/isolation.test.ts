import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Store } from '../../../src/core/ports/store.ts'
import { AT, comment, openScene, present, replyTo } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from './engines.ts'

/** Parts whose rows belong to no site. */
type OfTheInstallation = 'sealed' | 'mail' | 'accounts' | 'accountSessions' | 'passkeys'

describe.each(engines)('tenants, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())

  test('no method sees or changes anything of another site, given its ids', async () => {
    const { store, sql } = opened
    const here = await openScene(store)
    const given = comment()
    const root = await here.add(given)
    const reply = await here.add(replyTo(root))
    const pending = await here.add(comment({ authorId: given.authorId, status: 'pending' }))
    await here.react(root.id, given.authorId, 'like')
    await store.authors.create({ siteId: here.siteId, id: given.authorId, name: 'Ada', role: 'guest', nowAt: AT })
    const credential = {
      id: newId(),
      authorId: given.authorId,
      secretHash: 'h',
      previousHash: null,
      rotatedAt: AT,
      expiresAt: AT,
    }
    await store.credentials.create(here.siteId, credential)
    const page = { siteId: here.siteId, origin: 'https://blog.example', url: 'https://blog.example/' }
    await store.installations.recordBeacons([{ ...page, kind: 'seen', seenAt: AT }])
    await store.installations.saveCheck({ ...page, findings: [], problem: null, checkedAt: AT, dueAt: AT })

    // The other site has a thread of its own, so that nothing is refused because it is empty.
    const other = await openScene(store)
    const siteId = other.siteId
    const at = { siteId, threadId: here.threadId }
    const edit = {
      ...at,
      id: root.id,
      body: 'x',
      html: 'x',
      bodyDigest: 'x',
      status: 'approved',
      revisionId: newId(),
      nowAt: AT,
    } as const
    const reaction = { ...at, commentId: root.id, authorId: given.authorId, kind: 'like', nowAt: AT }

    const nothing: {
      [Part in Exclude<keyof Store, OfTheInstallation>]: Store[Part] extends (...args: never) => unknown
        ? true
        : Record<keyof Store[Part], unknown>
    } = {
      epoch: true,
      sites: {
        // Sites are the tenants; these methods take none.
        findByKey: null,
        list: [],
        create: null,
        update: null,
        queues: [],
        listOwned: [],
        setDeletesAt: null,
      },
      siteData: {
        page: (await store.siteData.page(siteId, 'comments', null, 9)).rows,
        deleteSome: (await store.siteData.deleteSome(siteId, 'comments', 9)) || null,
        // These two take no site's data.
        deleteSite: null,
        due: [],
      },
      threads: {
        find: await store.threads.find(siteId, here.threadId),
        findByPage: await store.threads.findByPage(siteId, here.page),
        open: null,
        setClosed: await store.threads.setClosed(siteId, here.threadId, true),
        counts: Object.keys(await store.threads.counts(siteId, [here.page])),
        heads: await store.threads.heads([at]),
      },
      comments: {
        find: await store.comments.find(siteId, here.threadId, root.id),
        ancestors: await store.comments.ancestors(siteId, here.threadId, reply),
        roots: [
          ...(await store.comments.roots({ ...at, sort: 'newest', after: null, limit: 9 })),
          ...(await store.comments.roots({ ...at, sort: 'oldest', after: null, limit: 9 })),
          ...(await store.comments.roots({ ...at, sort: 'top', after: null, limit: 9 })),
        ],
        firstReplies: await store.comments.firstReplies({ ...at, rootIds: [root.id], limit: 9 }),
        replies: await store.comments.replies({ ...at, rootId: root.id, after: 0, limit: 9 }),
        changedSince: await store.comments.changedSince({ ...at, since: 0, limit: 9 }),
        replyCounts: Object.keys(await store.comments.replyCounts(siteId, here.threadId, [root.id])),
        pendingByAuthor: await store.comments.pendingByAuthor(siteId, here.threadId, given.authorId),
        pending: await store.comments.pending(siteId, null, 9),
        createContext: Object.values(
          await store.comments.createContext({
            ...at,
            authorId: given.authorId,
            key: given.key,
            parentId: root.id,
            bodyDigest: given.bodyDigest,
            duplicatesSinceAt: 0,
          }),
        ).filter((value) => value !== null && value !== 0),
        insert: await store.comments.insert(siteId, here.threadId, [comment()]),
        edit: await store.comments.edit(edit),
        remove: await store.comments.remove({ ...at, id: root.id, nowAt: AT }),
        review: await store.comments.review({ ...at, id: pending.id, status: 'approved' }),
      },
      reactions: {
        set:
          (await store.reactions.set({ ...reaction, on: false })) ??
          (await store.reactions.set({ ...reaction, on: true })),
        byAuthor: Object.keys(await store.reactions.byAuthor(siteId, here.threadId, given.authorId, [root.id])),
      },
      authors: {
        create: null,
        find: await store.authors.find(siteId, given.authorId),
        rename: (await store.authors.rename(siteId, given.authorId, 'Eve')) ?? null,
      },
      credentials: {
        create: null,
        find: await store.credentials.find(siteId, credential.id),
        rotate:
          (await store.credentials.rotate(siteId, credential.id, { from: 'h', to: 'i', nowAt: AT, expiresAt: AT })) ||
          null,
        revoke: (await store.credentials.revoke(siteId, credential.id)) ?? null,
      },
      installations: {
        recordBeacons: null,
        addPages: null,
        readBeacons: await store.installations.readBeacons(siteId),
        readChecks: await store.installations.readChecks(siteId),
        saveCheck: null,
        // For the service itself, of all sites.
        claimChecks: null,
        forgetCheck: (await store.installations.forgetCheck(siteId, page.origin)) ?? null,
      },
    }
    for (const [part, methods] of Object.entries(nothing))
      for (const [method, seen] of Object.entries(methods))
        expect(seen ?? [], `${part}.${method} of another site`).toEqual([])

    expect(await here.thread()).toMatchObject({ head: 4, commentCount: 2, closed: false })
    expect(present(await here.find(root.id))).toMatchObject({ body: given.body, reactions: { like: 1 } })
    expect(await store.authors.find(here.siteId, given.authorId)).toMatchObject({ name: 'Ada' })
    expect(await store.credentials.find(here.siteId, credential.id)).toEqual(credential)
    expect(await store.installations.readChecks(here.siteId)).toHaveLength(1)
    const strays = await sql.query('select 1 from comments where site_id = $1::uuid', [siteId])
    expect(strays).toEqual([])
  })

  test('a reply cannot have a parent in another thread or site', async () => {
    const here = await openScene(opened.store)
    const root = await here.add(comment())
    expect(await (await openScene(opened.store, here.siteId)).insert(replyTo(root))).toBeNull()
    expect(await (await openScene(opened.store)).insert(replyTo(root))).toBeNull()
  })
})
