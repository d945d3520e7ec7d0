import { newId, parseInput, siteSettingsSchema } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../../src/adapters/postgres/migrate.ts'
import type { Credential } from '../../../src/core/ports/credential-store.ts'
import type { Site } from '../../../src/core/site.ts'
import { silent } from '../../../testing/silent.ts'
import { AT, comment, openScene } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from './engines.ts'

const site = (change: Partial<Site> = {}): Site => ({
  id: newId(),
  publicKey: `site-${newId().slice(-12)}`,
  name: 'A blog',
  origins: ['self', 'https://blog.example'],
  settings: parseInput(siteSettingsSchema, { premoderation: 'first', words: { blocked: ['“x”', "y'z"] } }),
  version: 1,
  partVersions: {},
  organisationId: null,
  createdAt: AT,
  deletesAt: null,
  ...change,
})

describe.each(engines)('sites, threads, authors and credentials, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())

  test('a site is found by its key as created, and a key in use is refused', async () => {
    const { sites } = opened.store
    const given = site()
    expect(await sites.create(given)).toEqual(given)
    expect(await sites.findByKey(given.publicKey)).toEqual(given)
    expect(await sites.create(site({ publicKey: given.publicKey }))).toBeNull()
    expect(await sites.findByKey('nobody')).toBeNull()
  })

  test('a site is changed, an unknown one is not', async () => {
    const { sites } = opened.store
    const given = site()
    await sites.create(given)
    const change = { name: 'B', origins: [], settings: parseInput(siteSettingsSchema, {}) }
    expect(await sites.update(given.id, 1, change, ['name'])).toEqual({
      ...given,
      ...change,
      version: 2,
      partVersions: { name: 2 },
    })
    expect(await sites.findByKey(given.publicKey)).toEqual({
      ...given,
      ...change,
      version: 2,
      partVersions: { name: 2 },
    })
    expect(await sites.update(newId(), 1, change, [])).toBeNull()
  })

  test('a change to a version that is no longer the latest does nothing', async () => {
    const { sites } = opened.store
    const given = site()
    await sites.create(given)
    const change = { name: 'B', origins: [], settings: given.settings }
    const results = await Promise.all(
      ['B', 'C'].map((name) => sites.update(given.id, 1, { ...change, name }, ['name'])),
    )
    expect(results.filter((result) => result !== null)).toHaveLength(1)
    expect((await sites.findByKey(given.publicKey))?.version).toBe(2)
  })

  test('sites are listed by pages, each once', async () => {
    const { sites } = opened.store
    for (let n = 0; n < 5; n += 1) await sites.create(site())
    const all = await sites.list(null, 100)
    const walked: string[] = []
    for (let after: string | null = null; ; ) {
      const page: Site[] = await sites.list(after, 2)
      walked.push(...page.map(({ id }) => id))
      after = page.at(-1)?.id ?? null
      if (after === null) break
    }
    expect(walked).toEqual(all.map(({ id }) => id))
    expect(new Set(walked).size).toBe(walked.length)
  })

  test('a page has one thread, however often it is opened at the same time', async () => {
    const { threads } = opened.store
    const siteId = newId()
    const open = () =>
      threads.open({ siteId, id: newId(), page: '/é', url: 'https://a.example/', title: 'T', nowAt: AT })
    const all = await Promise.all(Array.from({ length: 10 }, open))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(all[0]).toMatchObject({
      page: '/é',
      url: 'https://a.example/',
      title: 'T',
      closed: false,
      head: 0,
      commentCount: 0,
      stateSeq: 0,
    })
    expect(await threads.findByPage(siteId, '/é')).toEqual(all[0])
    expect(await threads.find(siteId, all[0]?.id ?? '')).toEqual(all[0])
    expect(await threads.findByPage(siteId, '/e')).toBeNull()
  })

  test('closing takes a seq, closing again does not', async () => {
    const { siteId, threadId, add } = await openScene(opened.store)
    await add(comment())
    const { threads } = opened.store
    expect(await threads.setClosed(siteId, threadId, true)).toMatchObject({
      closed: true,
      head: 2,
      stateSeq: 2,
      commentCount: 1,
    })
    expect(await threads.setClosed(siteId, threadId, true)).toMatchObject({ closed: true, head: 2, stateSeq: 2 })
    expect(await threads.setClosed(siteId, threadId, false)).toMatchObject({ closed: false, head: 3, stateSeq: 3 })
    expect(await threads.find(siteId, threadId)).toMatchObject({ closed: false, head: 3, stateSeq: 3 })
    expect(await threads.setClosed(siteId, newId(), true)).toBeNull()
  })

  test('counts and heads are returned for the given threads that exist', async () => {
    const siteId = newId()
    const [a, b] = [await openScene(opened.store, siteId), await openScene(opened.store, siteId)]
    await a.insert(comment(), comment(), comment({ status: 'pending' }))
    const { threads } = opened.store
    expect(await threads.counts(siteId, [a.page, b.page, '/none'])).toEqual({ [a.page]: 2, [b.page]: 0 })
    expect(await threads.counts(siteId, [])).toEqual({})
    const heads = await threads.heads([
      { siteId, threadId: a.threadId },
      { siteId, threadId: newId() },
    ])
    expect(heads).toEqual([{ siteId, threadId: a.threadId, head: 3 }])
  })

  test('an author is created once and renamed', async () => {
    const { authors } = opened.store
    const [siteId, id] = [newId(), newId()]
    await authors.create({ siteId, id, name: 'Ada', role: 'guest', nowAt: AT })
    await authors.create({ siteId, id, name: 'Eve', role: 'owner', nowAt: AT })
    expect(await authors.find(siteId, id)).toEqual({ id, name: 'Ada', role: 'guest' })
    await authors.rename(siteId, id, 'Ada L.')
    expect(await authors.find(siteId, id)).toEqual({ id, name: 'Ada L.', role: 'guest' })
    expect(await authors.find(siteId, newId())).toBeNull()
  })

  test('of several simultaneous rotations of a credential one wins, and the old hash is kept', async () => {
    const { credentials } = opened.store
    const siteId = newId()
    const given: Credential = {
      id: newId(),
      authorId: newId(),
      secretHash: 'h0',
      previousHash: null,
      rotatedAt: AT,
      expiresAt: AT + 10,
    }
    await credentials.create(siteId, given)
    expect(await credentials.find(siteId, given.id)).toEqual(given)
    const rotations = await Promise.all(
      Array.from({ length: 5 }, (_, n) =>
        credentials.rotate(siteId, given.id, { from: 'h0', to: `h${n + 1}`, nowAt: AT + 1, expiresAt: AT + 20 }),
      ),
    )
    expect(rotations.filter(Boolean)).toHaveLength(1)
    expect(await credentials.find(siteId, given.id)).toMatchObject({
      secretHash: `h${rotations.indexOf(true) + 1}`,
      previousHash: 'h0',
      rotatedAt: AT + 1,
      expiresAt: AT + 20,
    })
    await credentials.revoke(siteId, given.id)
    expect(await credentials.find(siteId, given.id)).toBeNull()
  })

  test('the epoch survives migrations, which may run at every start and at the same time', async () => {
    const before = await opened.store.epoch()
    await Promise.all([1, 2, 3].map(() => migrate(opened.sql, { log: silent, now: Date.now })))
    expect(await opened.store.epoch()).toBe(before)
  })
})
