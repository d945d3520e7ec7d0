import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { authorize } from '../../src/core/access/authorize.ts'
import { checkInstallation } from '../../src/core/installation/check-installation.ts'
import { readInstallation } from '../../src/core/installation/read-installation.ts'
import { watchInstallations } from '../../src/core/installation/watch-installations.ts'
import { type Outbound, OutboundError, type OutboundFailure } from '../../src/core/ports/outbound.ts'
import { reportVitals } from '../../src/core/report-vitals.ts'
import type { Site } from '../../src/core/site.ts'
import { updateSite } from '../../src/core/sites/update-site.ts'
import { readSnapshot } from '../../src/core/threads/read-snapshot.ts'
import { eventually } from '../../testing/eventually.ts'
import { silent } from '../../testing/silent.ts'
import { type Core, outcomeOf, startCore } from './core-harness.ts'

const ORIGIN = 'https://blog.example'
const PAGE = `${ORIGIN}/post`
const BASE = 'https://comments.example'
const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

/** The web: pages by URL, or why they cannot be reached. */
let pages: Map<string, string | number | OutboundFailure>
let fetched: string[]
const outbound: Outbound = {
  get: async ({ url }) => {
    fetched.push(url)
    const page = pages.get(url) ?? 404
    if (typeof page === 'string' && !page.startsWith('<')) throw new OutboundError(page as OutboundFailure, url)
    const status = typeof page === 'number' ? page : 200
    const body = new TextEncoder().encode(typeof page === 'number' ? '' : page)
    return { status, headers: { 'content-type': ['text/html'] }, body, url }
  },
  close: () => undefined,
}

let core: Core
let site: Site
beforeEach(async () => {
  pages = new Map()
  fetched = []
  core = await startCore({ outbound })
  site = await core.site({}, [ORIGIN, 'https://www.blog.example'])
})
afterEach(() => core.close())

const snippet = (key = site.publicKey): string => `<p><script async src="${BASE}/embed.js" data-site="${key}"></script>`
const deps = () => core.deps
const check = (url = PAGE) => checkInstallation(deps(), site, { url })
const read = () => readInstallation(core.deps, site)
const seen = (kind: 'seen' | 'refused' = 'seen', origin = ORIGIN) =>
  core.deps.store.installations.recordBeacons([{ siteId: site.id, kind, origin, url: '', seenAt: core.deps.now() }])

describe('checking a page', () => {
  test('tells what was found there, and remembers it', async () => {
    pages.set(PAGE, snippet())
    const checked = await check(`${PAGE}#comments`)
    expect(checked).toEqual({
      url: PAGE,
      findings: [{ kind: 'snippet_found', how: 'script' }],
      checkedAt: core.deps.now(),
      problem: null,
      since: null,
    })
    expect(await read()).toMatchObject({
      status: 'installed',
      origins: [{ origin: ORIGIN, check: checked }, { check: null }],
    })
  })

  test('tells why it could not be reached', async () => {
    pages.set(PAGE, 'tls_failed')
    expect((await check()).findings).toEqual([{ kind: 'unreachable', reason: 'tls_failed', detail: null }])
  })

  test('a page of an origin that the site does not list is not fetched, and not remembered', async () => {
    for (const url of ['https://other.example/', 'http://blog.example/', 'https://blog.example:8443/', `${BASE}/`])
      expect((await check(url)).problem).toEqual({ kind: 'origin_not_listed', origin: new URL(url).origin })
    expect(fetched).toEqual([])
    expect((await read()).status).toBe('never')
  })

  test.each([
    '',
    'blog.example/post',
    'ftp://blog.example/',
    'javascript:alert(1)',
    'https://user:pw@blog.example/',
    'https://',
  ])('%j is refused', async (url) => {
    expect(await outcomeOf(check(url))).toBe('invalid_request')
    expect(fetched).toEqual([])
  })

  test('is refused for the moment when the node is busy, and nothing is remembered', async () => {
    pages.set(PAGE, 'busy')
    expect(await outcomeOf(check())).toBe('unavailable')
    expect((await read()).origins[0]?.check).toBeNull()
  })

  test('keeps the time a problem began, until it is mended', async () => {
    pages.set(PAGE, snippet('other'))
    const began = core.deps.now()
    await check()
    core.pass(DAY_MS)
    expect(await check()).toMatchObject({ problem: { kind: 'wrong_site', site: 'other' }, since: began })
    expect(await read()).toMatchObject({ status: 'problem', origins: [{ status: 'problem' }, { status: 'never' }] })
    pages.set(PAGE, snippet())
    expect(await check()).toMatchObject({ problem: null, since: null })
    expect((await read()).status).toBe('installed')
  })

  test('a page without the snippet in its HTML is a problem only if it had it before', async () => {
    pages.set(PAGE, '<div id="app"></div>')
    expect(await check()).toMatchObject({ findings: [{ kind: 'not_in_html' }], problem: null })
    expect((await read()).status).toBe('never')
    pages.set(PAGE, snippet())
    await check()
    pages.set(PAGE, '<div id="app"></div>')
    core.pass(1_000)
    const since = core.deps.now()
    for (let i = 0; i < 3; i += 1) {
      expect(await check()).toMatchObject({ problem: { kind: 'not_in_html' }, since })
      core.pass(HOUR_MS)
    }
    expect((await read()).status).toBe('problem')
  })
})

describe('the state of a site', () => {
  test('is never until a page of it asks for comments; then it is installed, with its time and place', async () => {
    expect(await read()).toEqual({
      status: 'never',
      origins: [ORIGIN, 'https://www.blog.example'].map((origin) => ({
        origin,
        status: 'never',
        firstSeenAt: null,
        lastSeenAt: null,
        check: null,
      })),
      refused: [],
    })
    const first = core.deps.now()
    await seen()
    core.pass(DAY_MS)
    await seen()
    expect(await read()).toMatchObject({
      status: 'installed',
      origins: [{ status: 'installed', firstSeenAt: first, lastSeenAt: first + DAY_MS }, { status: 'never' }],
    })
  })

  test('is seen before when no reader came for a week and no page is known to have the snippet', async () => {
    await seen()
    core.pass(7 * DAY_MS)
    expect((await read()).status).toBe('seen_before')
    pages.set(PAGE, snippet())
    await check()
    expect((await read()).status).toBe('installed')
  })

  test('names the origins that asked in vain, the last first, until they are listed', async () => {
    await seen('refused', 'https://staging.example')
    core.pass(1_000)
    await seen('refused', 'null')
    expect(await read()).toMatchObject({
      status: 'problem',
      refused: [{ origin: 'null' }, { origin: 'https://staging.example' }],
    })
    await seen()
    expect((await read()).status).toBe('installed')
    site = await updateSite(core.deps, { key: site.publicKey, origins: [...site.origins, 'https://staging.example'] })
    expect((await read()).refused.map(({ origin }) => origin)).toEqual(['null'])
  })

  test('a page that lets in readers but not the service is no problem', async () => {
    pages.set(PAGE, 403)
    await check()
    expect((await read()).status).not.toBe('problem')
    core.pass(HOUR_MS)
    await check()
    expect((await read()).status).toBe('problem')
    await seen()
    expect((await read()).status).toBe('installed')
  })

  test('of another site is not told', async () => {
    await seen()
    const other = await core.site({}, [ORIGIN])
    expect((await readInstallation(core.deps, other)).status).toBe('never')
  })
})

describe('beacons', () => {
  const request = (origin: string | null) => ({
    siteKey: site.publicKey,
    origin,
    host: 'comments.example',
    token: null,
    network: 'n',
  })

  test('a page that reads comments is noted with its origin and its page, without its query', async () => {
    const actor = await authorize(core.deps, request(ORIGIN))
    await readSnapshot(core.deps, actor, { page: '/post', url: `${PAGE}?token=secret#x` })
    await readSnapshot(core.deps, actor, { page: '/post', url: 'https://other.example/' })
    await readSnapshot(core.deps, actor, { page: '/post', url: 'https://www.blog.example/' })
    await reportVitals(core.deps, actor, {})
    expect(core.beacons).toEqual([
      ['seen', site.id, ORIGIN, PAGE],
      ['seen', site.id, ORIGIN, ''],
      ['seen', site.id, ORIGIN, ''],
      ['seen', site.id, ORIGIN, ''],
    ])
  })

  test('a page of another origin is noted and refused; a request without an origin tells nothing', async () => {
    expect(await outcomeOf(authorize(core.deps, request('https://evil.example')))).toBe('origin_not_allowed')
    expect(core.beacons).toEqual([['refused', site.id, 'https://evil.example']])
    const actor = await authorize(core.deps, request(null))
    await readSnapshot(core.deps, actor, { page: '/post', url: PAGE })
    expect(core.beacons).toHaveLength(1)
  })
})

describe('watching', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  const watch = async (hours: number, until: () => void | Promise<void>) => {
    const stop = watchInstallations(deps(), silent)
    core.pass(hours * HOUR_MS)
    await vi.advanceTimersByTimeAsync(90_000)
    await eventually(until)
    await stop()
  }
  const outcomes = () =>
    core.counted.filter(({ name }) => name === 'installation_checks').map(({ labels }) => labels.outcome)

  test('a known page is looked at again after some hours, by itself', async () => {
    pages.set(PAGE, snippet())
    await check()
    await watch(1, () => undefined)
    expect(fetched).toHaveLength(1)
    pages.set(PAGE, snippet('other'))
    await watch(8, () => expect(outcomes()).toEqual(['wrong_site']))
    expect((await read()).status).toBe('problem')
    pages.set(PAGE, snippet())
    await watch(8, () => expect(outcomes()).toEqual(['wrong_site', 'ok']))
    expect((await read()).status).toBe('installed')
  })

  test('what may be a passing fault is looked at again soon', async () => {
    pages.set(PAGE, snippet())
    await check()
    pages.set(PAGE, 'timed_out')
    await check()
    await watch(0.5, () => expect(outcomes()).toEqual(['unreachable']))
    expect((await read()).status).toBe('problem')
  })

  test('a page that readers were seen on is checked without being asked to', async () => {
    pages.set(PAGE, snippet())
    await core.deps.store.installations.addPages([{ siteId: site.id, origin: ORIGIN, url: PAGE }], core.deps.now())
    await watch(0.1, () => expect(outcomes()).toEqual(['ok']))
  })

  test('pages of sites and origins that are gone are forgotten, without being fetched', async () => {
    const gone = { siteId: '00000000-0000-7000-8000-000000000009', origin: ORIGIN, url: PAGE }
    const unlisted = { siteId: site.id, origin: 'https://old.example', url: 'https://old.example/' }
    await core.deps.store.installations.addPages([gone, unlisted], core.deps.now())
    await watch(0.1, () => expect(outcomes()).toEqual(['forgotten', 'forgotten']))
    await watch(100, () => undefined)
    expect(outcomes()).toHaveLength(2)
    expect(fetched).toEqual([])
  })

  test('a node that may not fetch now leaves the page to the next round', async () => {
    pages.set(PAGE, 'busy')
    await core.deps.store.installations.addPages([{ siteId: site.id, origin: ORIGIN, url: PAGE }], core.deps.now())
    await watch(0.1, () => expect(outcomes()).toEqual(['failed']))
    pages.set(PAGE, snippet())
    await watch(0.5, () => expect(outcomes()).toEqual(['failed', 'ok']))
  })
})
