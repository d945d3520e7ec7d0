import { newId, siteSettingsSchema } from '@repartee/sdk/protocol'
import type { InstallationFinding } from '@repartee/sdk/protocol/admin'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Beacon, NewCheck } from '../../../src/core/ports/installation-store.ts'
import { AT } from '../../../testing/store-scene.ts'
import { engines, type OpenStore, openStore } from './engines.ts'

const DAY_MS = 24 * 60 * 60_000
const ORIGIN = 'https://blog.example'
const PAGE = `${ORIGIN}/post?a=1`
const found: InstallationFinding[] = [{ kind: 'snippet_found', how: 'script' }]
const wrong: InstallationFinding[] = [{ kind: 'wrong_site', site: 'x"\\' }]

describe.each(engines)('installations, $name', (engine) => {
  let opened: OpenStore
  beforeAll(async () => {
    opened = await openStore(engine)
  })
  afterAll(() => opened.close())

  const at = () => opened.store.installations
  const beacon = (siteId: string, change: Partial<Beacon> = {}): Beacon => ({
    siteId,
    kind: 'seen',
    origin: ORIGIN,
    url: PAGE,
    seenAt: AT,
    ...change,
  })
  const check = (siteId: string, change: Partial<NewCheck> = {}): NewCheck => ({
    siteId,
    origin: ORIGIN,
    url: PAGE,
    findings: found,
    problem: null,
    checkedAt: AT,
    dueAt: AT + DAY_MS,
    ...change,
  })
  const createSite = async (): Promise<string> => {
    const id = newId()
    const settings = v.parse(siteSettingsSchema, {})
    await opened.store.sites.create({
      id,
      publicKey: id,
      name: 'A',
      origins: [ORIGIN],
      settings,
      version: 1,
      partVersions: {},
      organisationId: null,
      createdAt: AT,
      deletesAt: null,
    })
    return id
  }

  describe('beacons', () => {
    test('are kept by site, kind and origin, with the first and the last time, whatever the order', async () => {
      const [one, other] = [newId(), newId()]
      await at().recordBeacons([beacon(one), beacon(other), beacon(one, { kind: 'refused', url: '' })])
      await at().recordBeacons([beacon(one, { seenAt: AT + 5_000, url: '' })])
      await at().recordBeacons([beacon(one, { seenAt: AT + 2_000, url: `${ORIGIN}/new` })])
      const last = AT + 5_000
      expect(await at().readBeacons(one)).toEqual([
        { kind: 'refused', origin: ORIGIN, url: '', firstSeenAt: AT, lastSeenAt: AT },
        { kind: 'seen', origin: ORIGIN, url: `${ORIGIN}/new`, firstSeenAt: AT, lastSeenAt: last },
      ])
      expect(await at().readBeacons(other)).toEqual([
        { kind: 'seen', origin: ORIGIN, url: PAGE, firstSeenAt: AT, lastSeenAt: AT },
      ])
      expect(await at().readBeacons(newId())).toEqual([])
    })

    test('of origins that strangers choose are few, and known ones stay up to date', async () => {
      const siteId = newId()
      const flood = (n: number) =>
        at().recordBeacons([
          beacon(siteId, { kind: 'refused', url: '', origin: `https://h${n}.example`, seenAt: AT + n }),
        ])
      for (let n = 0; n < 40; n += 1) await flood(n)
      await flood(0)
      await at().recordBeacons([beacon(siteId)])
      const stored = await at().readBeacons(siteId)
      expect(stored.filter(({ kind }) => kind === 'refused')).toHaveLength(20)
      expect(stored.filter(({ kind }) => kind === 'seen')).toHaveLength(1)
    })

    test('of one statement may belong to many sites', async () => {
      const sites = Array.from({ length: 200 }, () => newId())
      await at().recordBeacons(sites.map((siteId) => beacon(siteId)))
      for (const siteId of sites.slice(0, 5)) expect(await at().readBeacons(siteId)).toHaveLength(1)
    })
  })

  describe('checks', () => {
    test('are read as they were saved, and belong to one site', async () => {
      const siteId = newId()
      const saved = await at().saveCheck(check(siteId, { findings: wrong, problem: 'wrong_site' }))
      expect(saved).toEqual({
        origin: ORIGIN,
        url: PAGE,
        findings: wrong,
        problem: 'wrong_site',
        since: AT,
        checkedAt: AT,
      })
      expect(await at().readChecks(siteId)).toEqual([saved])
      expect(await at().readChecks(newId())).toEqual([])
    })

    test('keep the time a problem began until it changes or is mended', async () => {
      const siteId = newId()
      const save = async (n: number, problem: NewCheck['problem']) =>
        (await at().saveCheck(check(siteId, { problem, checkedAt: AT + n * DAY_MS })))?.since
      expect(await save(0, null)).toBeNull()
      expect(await save(1, 'csp_blocks')).toBe(AT + DAY_MS)
      expect(await save(2, 'csp_blocks')).toBe(AT + DAY_MS)
      expect(await save(3, 'wrong_site')).toBe(AT + 3 * DAY_MS)
      expect(await save(4, null)).toBeNull()
      expect(await save(5, 'wrong_site')).toBe(AT + 5 * DAY_MS)
    })

    test('an earlier check does not replace a later one', async () => {
      const siteId = newId()
      await at().saveCheck(check(siteId, { checkedAt: AT + 1_000 }))
      expect(await at().saveCheck(check(siteId, { problem: 'no_site', checkedAt: AT }))).toBeNull()
      expect((await at().readChecks(siteId)).map(({ problem }) => problem)).toEqual([null])
    })

    test('there is one for an origin; forgotten, it is gone', async () => {
      const siteId = newId()
      await at().saveCheck(check(siteId))
      await at().saveCheck(check(siteId, { url: `${ORIGIN}/other`, checkedAt: AT + 1 }))
      await at().saveCheck(check(siteId, { origin: 'https://b.example', url: 'https://b.example/' }))
      expect((await at().readChecks(siteId)).map(({ url }) => url)).toEqual(['https://b.example/', `${ORIGIN}/other`])
      await at().forgetCheck(siteId, ORIGIN)
      expect((await at().readChecks(siteId)).map(({ url }) => url)).toEqual(['https://b.example/'])
    })
  })

  describe('pages that are due', () => {
    /** Far apart in time, so that no other test's pages are due. */
    let base = AT - 10_000 * DAY_MS
    const claim = (nowAt: number, limit = 100) => at().claimChecks({ nowAt, untilAt: nowAt + 600_000, limit })

    test('are claimed once, with their last check and the key of their site', async () => {
      base += DAY_MS
      const siteId = await createSite()
      await at().saveCheck(check(siteId, { dueAt: base, findings: wrong, problem: 'wrong_site' }))
      expect(await claim(base - 1)).toEqual([])
      expect(await claim(base)).toEqual([
        { siteId, siteKey: siteId, last: { origin: ORIGIN, url: PAGE, findings: wrong, problem: 'wrong_site' } },
      ])
      expect(await claim(base)).toEqual([])
      // Its node ended: after the claim another takes it.
      expect(await claim(base + 600_000)).toHaveLength(1)
      await at().forgetCheck(siteId, ORIGIN)
    })

    test('a page that was only seen becomes due, unless its origin has one', async () => {
      base += DAY_MS
      const siteId = await createSite()
      await at().addPages([{ siteId, origin: ORIGIN, url: PAGE }], base)
      await at().addPages([{ siteId, origin: ORIGIN, url: `${ORIGIN}/other` }], base)
      expect(await at().readChecks(siteId)).toEqual([])
      expect(await claim(base)).toEqual([
        { siteId, siteKey: siteId, last: { origin: ORIGIN, url: PAGE, findings: [], problem: null } },
      ])
      await at().forgetCheck(siteId, ORIGIN)
    })

    test('a page of a site that is gone is due without a key', async () => {
      base += DAY_MS
      const siteId = newId()
      await at().addPages([{ siteId, origin: ORIGIN, url: PAGE }], base)
      expect((await claim(base)).map(({ siteKey }) => siteKey)).toEqual([null])
      await at().forgetCheck(siteId, ORIGIN)
    })

    test('are claimed by one of many callers each, oldest first', async () => {
      base += DAY_MS
      const siteId = newId()
      const pages = Array.from({ length: 60 }, (_, n) => `https://h${String(n).padStart(2, '0')}.example`)
      for (const [n, origin] of pages.entries()) await at().addPages([{ siteId, origin, url: `${origin}/` }], base + n)
      const first = await claim(base + 1_000, 5)
      expect(first.map(({ last }) => last.origin).sort()).toEqual(pages.slice(0, 5))
      const rest: string[] = []
      while (rest.length < 55) {
        const claims = await Promise.all(Array.from({ length: 6 }, () => claim(base + 1_000, 7)))
        const taken = claims.flat().map(({ last }) => last.origin)
        if (taken.length === 0) break
        rest.push(...taken)
      }
      expect(rest.sort()).toEqual(pages.slice(5))
    })
  })
})
