import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorize } from '../../src/core/access/authorize.ts'
import { createGuest } from '../../src/core/readers/create-guest.ts'
import { logout } from '../../src/core/readers/logout.ts'
import { LOST_ANSWER_MS, refreshSession } from '../../src/core/readers/refresh-session.ts'
import type { Site } from '../../src/core/site.ts'
import { updateSite } from '../../src/core/sites/update-site.ts'
import { type Core, outcomeOf, startCore } from './core-harness.ts'

let core: Core
beforeAll(async () => {
  core = await startCore()
})
afterAll(() => core.close())

const DAY_MS = 24 * 60 * 60_000
const begin = (site: Site, name = 'Ann') => createGuest(core.deps, core.visitor(site), { name })
const refresh = (site: Site, credential: string) =>
  refreshSession(core.deps, core.visitor(site), { refresh: credential })
const leave = (site: Site, credential: string) => logout(core.deps, core.visitor(site), { refresh: credential })

test('a guest gets a token and a credential for the site, with the name as stored', async () => {
  const site = await core.site()
  const session = await begin(site, '  Ann\u202e \n Lee ')
  expect(session.reader).toMatchObject({ name: 'Ann Lee', role: 'guest' })
  const { reader } = await core.deps.tokens.verify(site.publicKey, session.token)
  expect(reader).toEqual(session.reader)
  expect(await core.deps.store.authors.find(site.id, reader.id)).toEqual(reader)
  const other = await core.site()
  expect(await outcomeOf(core.deps.tokens.verify(other.publicKey, session.token))).toBe('token_invalid')
})

test('a blank, invisible or overlong name is refused, and so is a guest on a site without guests', async () => {
  const site = await core.site()
  for (const name of ['', '  ', '\u200b\u200d', '\u202e', 'x'.repeat(51)])
    expect(await outcomeOf(begin(site, name))).toBe('name_invalid')
  expect((await begin(site, '👩‍🚀'.repeat(5))).reader.name).toBe('👩‍🚀'.repeat(5))
  const closed = await updateSite(core.deps, { key: site.publicKey, settings: { guests: false } })
  expect(await outcomeOf(begin(closed))).toBe('guests_not_allowed')
})

test('guests per network and minute are limited', async () => {
  const site = await core.site()
  for (let i = 0; i < 20; i += 1) await begin(site)
  expect(await outcomeOf(begin(site))).toBe('rate_limited')
  const elsewhere = createGuest(core.deps, core.visitor(site, '198.51.100.0/32'), { name: 'Ann' })
  expect((await elsewhere).reader.name).toBe('Ann')
})

test('the store contains no usable secret', async () => {
  const site = await core.site()
  const { refresh: credential } = await begin(site)
  const secret = credential.split('.')[1] ?? ''
  expect(Buffer.from(secret, 'base64url').length).toBe(32)
  const all = await core.deps.store.credentials.find(site.id, credential.split('.')[0] ?? '')
  expect(all?.secretHash).toMatch(/^[0-9a-f]{64}$/)
  expect(JSON.stringify(all)).not.toContain(secret)
})

test('each exchange of a credential returns a new one for the same reader', async () => {
  const site = await core.site()
  const first = await begin(site)
  let current = first
  for (let i = 0; i < 5; i += 1) {
    core.pass(DAY_MS)
    const next = await refresh(site, current.refresh)
    expect(next.refresh).not.toBe(current.refresh)
    expect(next.reader).toEqual(first.reader)
    current = next
  }
})

test('a credential stays valid for a minute after its exchange, in case the answer was lost', async () => {
  const site = await core.site()
  const first = await begin(site)
  await refresh(site, first.refresh)
  core.pass(LOST_ANSWER_MS)
  const again = await refresh(site, first.refresh)
  expect((await refresh(site, again.refresh)).reader).toEqual(first.reader)
})

test('a reader who loses several answers in a row can continue with the old credential', async () => {
  const site = await core.site()
  const first = await begin(site)
  const lost = []
  for (let tries = 0; tries < 5; tries += 1) {
    core.pass(LOST_ANSWER_MS / 5)
    lost.push(await refresh(site, first.refresh))
  }
  expect(new Set(lost.map((session) => session.refresh)).size).toBe(1)
  expect((await refresh(site, lost[0]?.refresh ?? '')).reader).toEqual(first.reader)
})

test('reuse of a credential after that minute ends the session', async () => {
  const site = await core.site()
  const stolen = await begin(site)
  const mine = await refresh(site, stolen.refresh)
  core.pass(LOST_ANSWER_MS + 1)
  expect(await outcomeOf(refresh(site, stolen.refresh))).toBe('credential_invalid')
  expect(await outcomeOf(refresh(site, mine.refresh))).toBe('credential_invalid')
})

test('a credential two rotations old ends the session at once', async () => {
  const site = await core.site()
  const first = await begin(site)
  const second = await refresh(site, first.refresh)
  const third = await refresh(site, second.refresh)
  expect(await outcomeOf(refresh(site, first.refresh))).toBe('credential_invalid')
  expect(await outcomeOf(refresh(site, third.refresh))).toBe('credential_invalid')
})

test('two concurrent exchanges of one credential both succeed, as from two tabs', async () => {
  const site = await core.site()
  const first = await begin(site)
  const both = await Promise.all([refresh(site, first.refresh), refresh(site, first.refresh)])
  expect(new Set(both.map((session) => session.refresh)).size).toBe(1)
  for (const session of both) expect((await refresh(site, session.refresh)).reader).toEqual(first.reader)
})

test('a credential expires 180 days after its last use, not after its creation', async () => {
  const site = await core.site()
  const first = await begin(site)
  core.pass(179 * DAY_MS)
  const second = await refresh(site, first.refresh)
  core.pass(179 * DAY_MS)
  const third = await refresh(site, second.refresh)
  core.pass(180 * DAY_MS)
  expect(await outcomeOf(refresh(site, third.refresh))).toBe('credential_invalid')
})

test('a malformed or foreign credential is refused and ends no session', async () => {
  const [site, other] = [await core.site(), await core.site()]
  const session = await begin(site)
  const secret = session.refresh.split('.')[1] ?? ''
  const forged = [
    ``,
    `x`,
    `.`,
    `${newId()}.${secret}`,
    `${session.refresh}.x`,
    `${session.refresh}x`,
    `${secret}.${newId()}`,
  ]
  for (const credential of forged) expect(await outcomeOf(refresh(site, credential))).toBe('credential_invalid')
  expect(await outcomeOf(refresh(other, session.refresh))).toBe('credential_invalid')
  await leave(other, session.refresh)
  expect((await refresh(site, session.refresh)).reader).toEqual(session.reader)
})

test('logout ends the session; repeating it, or with a malformed credential, is not an error', async () => {
  const site = await core.site()
  const session = await begin(site)
  await leave(site, session.refresh)
  await leave(site, session.refresh)
  await leave(site, 'nonsense')
  expect(await outcomeOf(refresh(site, session.refresh))).toBe('credential_invalid')
})

test('a session cannot be ended without its secret', async () => {
  const site = await core.site()
  const [session, other] = [await begin(site), await begin(site)]
  await leave(site, `${session.refresh.split('.')[0]}.${other.refresh.split('.')[1]}`)
  expect((await refresh(site, session.refresh)).reader).toEqual(session.reader)
})

const request = (site: Site, rest: object = {}) => ({
  siteKey: site.publicKey,
  origin: 'https://blog.example',
  host: 'service.example',
  token: null,
  network: '192.0.2.0/32',
  ...rest,
})

test('a request is authorized by its site, origin and token', async () => {
  const site = await core.site()
  const { token, reader, expiresAt } = await begin(site)
  const visitor = await authorize(core.deps, request(site))
  expect(visitor).toMatchObject({ site: { id: site.id }, reader: null, network: '192.0.2.0/32' })
  expect(await authorize(core.deps, request(site, { token }))).toMatchObject({ reader, expiresAt })
  expect((await authorize(core.deps, request(site, { origin: null }))).reader).toBeNull()
})

test('an unknown site, a foreign origin and an invalid token are refused', async () => {
  const [site, other] = [await core.site(), await core.site()]
  const { token } = await begin(site)
  const attempt = (at: Site, rest: object) => outcomeOf(authorize(core.deps, request(at, rest)))
  for (const siteKey of ['', 'nobody', 'UPPER', 'x'.repeat(10_000), "'; --"])
    expect(await attempt(site, { siteKey })).toBe('site_not_found')
  expect(await attempt(site, { origin: 'https://evil.example' })).toBe('origin_not_allowed')
  expect(await attempt(site, { origin: 'null' })).toBe('origin_not_allowed')
  expect(await attempt(other, { token })).toBe('token_invalid')
  expect(await attempt(site, { token: `${token.slice(0, -4)}AAAA` })).toBe('token_invalid')
  expect(await attempt(site, { token: '' })).toBe('token_invalid')
  core.pass(11 * 60_000)
  expect(await attempt(site, { token })).toBe('token_expired')
})

test('a reader token never grants moderation rights', async () => {
  const site = await core.site()
  for (const role of ['moderator', 'admin', 'owner'] as const) {
    const { token } = await core.deps.tokens.issue(site.publicKey, { id: newId(), name: 'Eve', role })
    expect(await outcomeOf(authorize(core.deps, request(site, { token })))).toBe('token_invalid')
  }
  const { token } = await core.deps.tokens.issue(site.publicKey, { id: newId(), name: 'Mo', role: 'member' })
  expect((await authorize(core.deps, request(site, { token }))).reader?.role).toBe('member')
})

test('a change to a site takes effect within five seconds, and at once on the node that made it', async () => {
  const site = await core.site()
  await authorize(core.deps, request(site))
  const settings = { ...site.settings, guests: false }
  await core.deps.store.sites.update(site.id, site.version, { name: site.name, origins: site.origins, settings }, [])
  expect((await authorize(core.deps, request(site))).site.settings.guests).toBe(true)
  core.pass(5_000)
  expect((await authorize(core.deps, request(site))).site.settings.guests).toBe(false)
  await updateSite(core.deps, { key: site.publicKey, origins: ['https://new.example'] })
  expect(await outcomeOf(authorize(core.deps, request(site)))).toBe('origin_not_allowed')
})
