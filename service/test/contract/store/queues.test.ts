import { newId, siteSettingsSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SiteQueue } from '../../../src/core/ports/site-store.ts'
import { AT, comment, openScene, type Scene } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from './engines.ts'

describe.each(engines)('the moderation queue, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())

  const openSite = async (): Promise<Scene> => {
    const id = newId()
    const settings = v.parse(siteSettingsSchema, {})
    await opened.store.sites.create({
      id,
      publicKey: id,
      name: 'A',
      origins: [],
      settings,
      version: 1,
      partVersions: {},
      organisationId: null,
      createdAt: AT,
      deletesAt: null,
    })
    return openScene(opened.store, id)
  }
  const pending = (createdAt: number) => comment({ status: 'pending', createdAt })

  /** All queues, in pages of `limit` sites. */
  const walk = async (limit: number): Promise<SiteQueue[]> => {
    const all: SiteQueue[] = []
    for (let after: string | null = null; ; ) {
      const page: SiteQueue[] = await opened.store.sites.queues(after, limit)
      all.push(...page)
      after = page.at(-1)?.siteId ?? null
      if (after === null) return all
    }
  }
  const of = async (...scenes: Scene[]) => {
    const queues = new Map((await walk(500)).map(({ siteId, ...queue }) => [siteId, queue]))
    return scenes.map(({ siteId }) => queues.get(siteId))
  }

  test('has the number of pending comments and the time of the oldest per site, also for an empty queue', async () => {
    const [quiet, busy, other] = [await openSite(), await openSite(), await openSite()]
    await quiet.insert(comment(), comment({ status: 'spam' }), comment({ status: 'rejected' }))
    await busy.insert(pending(AT + 5_000), pending(AT + 1_000), comment({ createdAt: AT }), pending(AT + 9_000))
    await other.insert(pending(AT + 2_000))
    expect(await of(quiet, busy, other)).toEqual([
      { pending: 0, oldestAt: null },
      { pending: 3, oldestAt: AT + 1_000 },
      { pending: 1, oldestAt: AT + 2_000 },
    ])
  })

  test('shrinks with each review and deletion', async () => {
    const site = await openSite()
    const first = await site.add(pending(AT))
    const second = await site.add(pending(AT + 1_000))
    await site.add(pending(AT + 2_000))
    await site.review(first.id, 'approved')
    expect(await of(site)).toEqual([{ pending: 2, oldestAt: AT + 1_000 }])
    await site.remove(second.id)
    expect(await of(site)).toEqual([{ pending: 1, oldestAt: AT + 2_000 }])
  })

  test('counts waiting time from when a comment was written, or edited if it was public before', async () => {
    const [held, shown] = [await openSite(), await openSite()]
    const neverShown = await held.add(pending(AT - 60_000))
    await held.edit(neverShown.id, { status: 'pending' })
    const once = await shown.add(comment({ createdAt: AT - 60_000 }))
    await shown.edit(once.id, { status: 'pending' })
    expect(await of(held, shown)).toEqual([
      { pending: 1, oldestAt: AT - 60_000 },
      { pending: 1, oldestAt: AT + 1_000 },
    ])
  })

  test('is counted up to 1,000 per site', async () => {
    const site = await openSite()
    for (let i = 0; i < 11; i += 1) await site.insert(...Array.from({ length: 100 }, (_, n) => pending(AT + i + n)))
    expect(await of(site)).toEqual([{ pending: 1_000, oldestAt: AT }])
  })

  test.each([1, 2, 500])('lists every site once, in pages of %i', async (limit) => {
    const all = await walk(limit)
    const ids = all.map(({ siteId }) => siteId)
    expect(ids.length).toBeGreaterThan(5)
    expect(ids).toEqual([...new Set(ids)].sort())
    expect(all).toEqual(await walk(500))
  })
})
