import type { AdminSite } from '@repartee/sdk/protocol/admin'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DashboardBrowser, setUpOperator } from '../../testing/dashboard-browser.ts'
import { guest, openThread, operate, post } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call } from '../../testing/wire-client.ts'

let service: RunningService
let owner: DashboardBrowser
beforeAll(async () => {
  service = await startService({ DEMO: 'off' })
  owner = await setUpOperator(service)
})
afterAll(() => service?.dispose())

type Failure = { error: { code: string; details?: Record<string, unknown> } }

const createSite = async (origins: string[] = ['https://blog.example'], name = 'Blog'): Promise<AdminSite> => {
  const answer = await owner.send<AdminSite>('POST', '/sites', { name, origins })
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  return answer.body
}
const snapshotStatus = async (key: string): Promise<number> =>
  (await call('GET', `${service.api}/sites/${key}/thread?page=/x`, { headers: { origin: 'https://blog.example' } }))
    .status

test('origins are stored as browsers send them, however they were typed', async () => {
  const typed = [
    'https://bücher.example',
    'HTTPS://Blog.Example/',
    'https://blog.example:443',
    ' https://staging.blog.example:8443 ',
    'http://[::1]:3000/',
  ]
  expect((await createSite(typed)).origins).toEqual([
    'https://xn--bcher-kva.example',
    'https://blog.example',
    'https://staging.blog.example:8443',
    'http://[::1]:3000',
  ])
})

test.each<[origin: string, suggestion: string | null]>([
  ['https://blog.example/posts/1', 'https://blog.example'],
  ['blog.example', 'https://blog.example'],
  ['https://user:pw@blog.example', 'https://blog.example'],
  ['javascript:alert(1)', null],
  ['null', null],
  ['*', null],
  ['', null],
  [`https://${'a'.repeat(2_000)}.example`, null],
])('%.60s is no origin; %s is suggested', async (origin, suggestion) => {
  const { status, body } = await owner.send<Failure>('POST', '/sites', { name: 'x', origins: [origin] })
  expect(status).toBe(422)
  expect(body.error).toMatchObject({ code: 'origin_invalid', details: { suggestion } })
})

test('the origin of the dashboard is refused for a site, by the dashboard and by the command line', async () => {
  const origins = [`http://localhost:${service.port}`, `http://127.0.0.1:${service.port}`]
  for (const origin of origins) {
    const { body } = await owner.send<Failure>('POST', '/sites', { name: 'x', origins: [origin] })
    expect(body.error.code).toBe('origin_is_dashboard')
    await expect(operate(service, 'site.create', { name: 'x', origins: [origin] })).rejects.toMatchObject({
      code: 'origin_is_dashboard',
    })
  }
})

test('of two changes to one version the second is refused, and told what the first one changed', async () => {
  const { key, version } = await createSite()
  const change = (body: object) => owner.send<AdminSite & Failure>('PATCH', `/sites/${key}`, { version, ...body })
  const first = await change({ settings: { premoderation: 'first', commentsPerMinute: 5 }, name: 'New name' })
  expect(first.body).toMatchObject({ version: version + 1, name: 'New name' })
  const second = await change({ settings: { premoderation: 'all' } })
  expect(second.status).toBe(409)
  expect(second.body.error).toMatchObject({
    code: 'edit_conflict',
    details: {
      version: version + 1,
      changed: ['name', 'settings.premoderation', 'settings.commentsPerMinute'],
      site: { name: 'New name' },
    },
  })
  const now = (await owner.send<AdminSite>('GET', `/sites/${key}`)).body
  expect(now).toEqual(first.body)
})

test.each([
  ['a setting that does not exist', { settings: { colour: 'red' } }, 'unknown_field'],
  ['a setting of another type', { settings: { guests: 'yes' } }, 'invalid_request'],
  ['an empty name', { name: '  ' }, 'invalid_request'],
  ['a name of a megabyte', { name: 'x'.repeat(1_000_000) }, 'payload_too_large'],
  ['settings that are a list', { settings: [] }, 'invalid_request'],
  ['an unknown field', { key: 'other' }, 'unknown_field'],
  ['no version', { version: undefined }, 'invalid_request'],
])('%s is refused, and nothing changes', async (_, change, code) => {
  const site = await createSite()
  const { body } = await owner.send<Failure>('PATCH', `/sites/${site.key}`, { version: site.version, ...change })
  expect(body.error.code).toBe(code)
  expect((await owner.send('GET', `/sites/${site.key}`)).body).toEqual(site)
})

test('a deleted site is gone for readers, and is back as it was when restored', async () => {
  const site = await createSite()
  expect(await snapshotStatus(site.key)).toBe(200)
  const removed = (await owner.send<AdminSite>('DELETE', `/sites/${site.key}`)).body
  expect(removed.deletesAt).toBeGreaterThan(Date.now() + 13 * 24 * 60 * 60_000)
  expect(await snapshotStatus(site.key)).toBe(404)
  const change = await owner.send<Failure>('PATCH', `/sites/${site.key}`, { version: site.version, name: 'x' })
  expect(change.body.error.code).toBe('site_deleted')
  expect((await owner.send('POST', `/sites/${site.key}/restore`)).body).toEqual(site)
  expect(await snapshotStatus(site.key)).toBe(200)
})

test('everything of a site can be taken away, comments that wait for approval included', async () => {
  const { key, version } = await createSite()
  await owner.send('PATCH', `/sites/${key}`, {
    version,
    settings: { commentsPerMinute: 1_000, duplicateWindowMs: 0, words: { blocked: [], held: ['casino'] } },
  })
  await new Promise((resolve) => setImmediate(resolve))
  const { token } = await guest(service, key, 'Ann')
  const { thread } = await openThread(service, key, '/post')
  const bodies = ['one', 'two “quoted” ✓', 'three casino']
  for (const body of bodies) await post(service, { site: key, thread: thread.id, token, body })
  const answer = await owner.send<string>('GET', `/sites/${key}/export`)
  expect(answer.headers.get('content-type')).toMatch(/^application\/jsonl/)
  expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${key}.jsonl"`)
  const lines = String(answer.body)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; body?: string; status?: string; name?: string; page?: string })
  expect(lines[0]).toMatchObject({ type: 'site', key, name: 'Blog' })
  expect(lines.at(-1)).toEqual({ type: 'end' })
  expect(lines.filter(({ type }) => type === 'author')).toMatchObject([{ name: 'Ann' }])
  expect(lines.filter(({ type }) => type === 'thread')).toMatchObject([{ page: '/post' }])
  const comments = lines.filter(({ type }) => type === 'comment')
  expect(comments.map(({ body }) => body).sort()).toEqual([...bodies].sort())
  expect(comments.find(({ body }) => body === 'three casino')?.status).toBe('pending')
})
