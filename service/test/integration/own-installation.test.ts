import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AdminSite, Installation, InstallationCheck } from '@repartee/sdk/protocol/admin'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DashboardBrowser, setUpOperator } from '../../testing/dashboard-browser.ts'
import { eventually } from '../../testing/eventually.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call } from '../../testing/wire-client.ts'

let service: RunningService
let owner: DashboardBrowser
let host: Server
let origin: string
/** What the owner's web site answers. */
let page = { html: '', headers: {} as Record<string, string> }

beforeAll(async () => {
  host = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html', ...page.headers }).end(page.html)
  })
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`
  service = await startService({ DEMO: 'off', PRIVATE_NETWORKS: '127.0.0.0/8' })
  owner = await setUpOperator(service)
})
afterAll(async () => {
  await service?.dispose()
  host?.closeAllConnections()
  await new Promise((resolve) => host?.close(resolve))
})

type Failure = { error: { code: string; retryAfterMs?: number } }

const createSite = async (): Promise<AdminSite> =>
  (await owner.send<AdminSite>('POST', '/sites', { name: 'Blog', origins: [origin] })).body
const check = (key: string, url = `${origin}/post`) =>
  owner.send<InstallationCheck>('POST', `/sites/${key}/installation/check`, { url })
const read = async (key: string): Promise<Installation> =>
  (await owner.send<Installation>('GET', `/sites/${key}/installation`)).body
const snippet = (key: string): string =>
  `<!doctype html><body><script async src="http://localhost:${service.port}/embed.js" data-site="${key}"></script>`
/** What the widget on a page of this origin asks for. */
const visit = (key: string, from: string) =>
  call('GET', `${service.api}/sites/${key}/thread?page=/post&url=${from}/post`, { headers: { origin: from } })

test('an owner pastes the snippet, checks the page, breaks it and mends it', async () => {
  const { key } = await createSite()
  expect((await read(key)).status).toBe('never')

  page = { html: snippet(key), headers: {} }
  const { status, body } = await check(key)
  expect([status, body.findings, body.problem]).toEqual([200, [{ kind: 'snippet_found', how: 'script' }], null])
  expect((await read(key)).status).toBe('installed')

  page = { html: snippet(key), headers: { 'content-security-policy': "default-src 'self'" } }
  expect((await check(key)).body.problem).toMatchObject({ kind: 'csp_blocks', what: 'loader', directive: 'script-src' })
  expect(await read(key)).toMatchObject({
    status: 'problem',
    origins: [{ origin, check: { problem: { kind: 'csp_blocks' } } }],
  })

  page = { html: snippet(key), headers: {} }
  await check(key)
  expect((await read(key)).status).toBe('installed')
})

test('a reader’s visit shows within seconds that it is installed, and where', async () => {
  const { key } = await createSite()
  expect((await visit(key, origin)).status).toBe(200)
  await eventually(async () =>
    expect(await read(key)).toMatchObject({
      status: 'installed',
      origins: [{ origin, firstSeenAt: expect.any(Number) }],
    }),
  )
})

test('an origin that the site does not list is named until it is listed', async () => {
  const { key, version } = await createSite()
  expect((await visit(key, 'https://staging.example')).status).toBe(403)
  await eventually(async () =>
    expect(await read(key)).toMatchObject({ status: 'problem', refused: [{ origin: 'https://staging.example' }] }),
  )
  await owner.send('PATCH', `/sites/${key}`, { version, origins: [origin, 'https://staging.example'] })
  expect((await read(key)).refused).toEqual([])
})

test('a page of another origin is not fetched, a URL that is none is refused, and too many checks have to wait', async () => {
  const { key } = await createSite()
  const other = await check(key, `http://127.0.0.1:${service.metricsPort}/metrics`)
  expect(other.body.findings).toMatchObject([{ kind: 'origin_not_listed' }])
  const refused = (await owner.send<Failure>('POST', `/sites/${key}/installation/check`, { url: 'blog' })).body
  expect(refused.error.code).toBe('invalid_request')
  const codes: unknown[] = []
  for (let i = 0; i < 25; i += 1)
    codes.push(((await check(key, 'http://x.example/')).body as unknown as Failure).error?.code)
  expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(7)
})

test('without PRIVATE_NETWORKS a private address is not fetched', async () => {
  const closed = await startService({ DEMO: 'off' })
  try {
    const operator = await setUpOperator(closed)
    const { key } = (await operator.send<AdminSite>('POST', '/sites', { name: 'Blog', origins: [origin] })).body
    const { body } = await operator.send<InstallationCheck>('POST', `/sites/${key}/installation/check`, {
      url: `${origin}/post`,
    })
    expect(body.findings).toEqual([{ kind: 'unreachable', reason: 'address_refused', detail: null }])
  } finally {
    await closed.dispose()
  }
})

test('the checks of a deleted site are over', async () => {
  const { key } = await createSite()
  await owner.send('DELETE', `/sites/${key}`)
  expect(((await check(key)).body as unknown as Failure).error.code).toBe('site_deleted')
})
