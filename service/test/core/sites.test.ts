import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSite } from '../../src/core/sites/create-site.ts'
import { DEMO_KEY, ensureDemo } from '../../src/core/sites/ensure-demo.ts'
import { listSites } from '../../src/core/sites/list-sites.ts'
import { updateSite } from '../../src/core/sites/update-site.ts'
import { type Core, outcomeOf, startCore } from './core-harness.ts'

let core: Core
beforeAll(async () => {
  core = await startCore()
})
afterAll(() => core.close())

const create = (input: Partial<Parameters<typeof createSite>[1]>) =>
  createSite(core.deps, { name: 'Blog', origins: ['https://blog.example'], ...input })

test('a site gets a random key if none is given, and the default settings', async () => {
  const [one, two] = [await create({}), await create({})]
  expect(one.publicKey).toMatch(/^s[0-9a-f]{16}$/)
  expect(two.publicKey).not.toBe(one.publicKey)
  expect(one.settings).toMatchObject({ premoderation: 'none', guests: true, commentsPerMinute: 10 })
  expect(await core.deps.store.sites.findByKey(one.publicKey)).toEqual(one)
})

test('an origin is stored in the form that browsers send, and what is no origin is refused', async () => {
  const fine = ['https://blog.example', 'http://localhost:3000', 'http://127.0.0.1:8080', 'self', 'http://[::1]']
  expect((await create({ origins: [...fine, 'self'] })).origins).toEqual(fine)
  const spellings = [
    'https://blog.example/',
    'https://blog.example:443',
    'https://BLOG.example',
    'https://blog.example',
  ]
  expect((await create({ origins: spellings })).origins).toEqual(['https://blog.example'])
  expect((await create({ origins: ['https://bücher.example'] })).origins).toEqual(['https://xn--bcher-kva.example'])
  const wrong = [
    '',
    '*',
    'null',
    'blog.example',
    'https://blog.example/path',
    'https://*.blog.example',
    'https://user@blog.example',
    'https://blog.example?x',
    'ftp://blog.example',
    'javascript:alert(1)',
    'https://',
  ]
  for (const origin of wrong) expect(await outcomeOf(create({ origins: [origin] })), origin).toBe('origin_invalid')
})

test('a taken or malformed key, an empty name, and unknown or invalid settings are refused', async () => {
  await create({ key: 'taken' })
  expect(await outcomeOf(create({ key: 'taken' }))).toBe('invalid_request')
  for (const key of ['', 'x', 'Upper', 'a b', '-a', 'x'.repeat(41)])
    expect(await outcomeOf(create({ key }))).toBe('invalid_request')
  for (const name of ['', '  \n ', 'x'.repeat(101)]) expect(await outcomeOf(create({ name }))).toBe('invalid_request')
  expect(await outcomeOf(create({ settings: { guest: false } }))).toBe('unknown_field')
  expect(await outcomeOf(create({ settings: { links: { hold: 'many' } } }))).toBe('invalid_request')
  expect(await outcomeOf(create({ settings: [] }))).toBe('invalid_request')
})

test('a change keeps what it does not name, and the result is validated', async () => {
  const site = await create({ settings: { premoderation: 'all', guests: false } })
  const key = site.publicKey
  const renamed = await updateSite(core.deps, { key, name: 'Renamed', settings: { guests: true } })
  expect(renamed).toEqual({
    ...site,
    name: 'Renamed',
    settings: { ...site.settings, guests: true },
    version: 2,
    partVersions: { name: 2, 'settings.guests': 2 },
  })
  expect(await outcomeOf(updateSite(core.deps, { key, origins: ['x'] }))).toBe('origin_invalid')
  expect(await outcomeOf(updateSite(core.deps, { key, settings: { commentsPerMinute: 0 } }))).toBe('invalid_request')
  expect(await core.deps.store.sites.findByKey(key)).toEqual(renamed)
  expect(await outcomeOf(updateSite(core.deps, { key: 'nobody', name: 'x' }))).toBe('site_not_found')
})

test('sites are listed in pages', async () => {
  const all = await listSites(core.deps)
  const first = await listSites(core.deps, { limit: 2 })
  const rest = await listSites(core.deps, { after: first[1]?.id ?? null })
  expect([...first, ...rest]).toEqual(all)
})

test('the demo site is created once, even by several processes at once', async () => {
  const made = await Promise.all([ensureDemo(core.deps), ensureDemo(core.deps), ensureDemo(core.deps)])
  expect(new Set(made.map((site) => site?.id)).size).toBe(1)
  expect(made[0]).toMatchObject({ publicKey: DEMO_KEY, origins: ['self'] })
  expect(await ensureDemo(core.deps)).toEqual(made[0])
})

test('a demo site that was deleted does not come back', async () => {
  const demo = await ensureDemo(core.deps)
  await core.deps.store.sites.setDeletesAt(demo?.id ?? '', core.deps.now())
  expect(await ensureDemo(core.deps)).toBeNull()
  await core.deps.store.sites.setDeletesAt(demo?.id ?? '', null)
  expect((await ensureDemo(core.deps))?.id).toBe(demo?.id)
})
