import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call } from '../../testing/wire-client.ts'

const ORIGIN = 'https://blog.example'
const visit = { lcpMs: 1830, inpMs: 96.5, cls: 0.021, threadMs: 412, postMs: [88, 131] }

let service: RunningService
let site: string
let neighbour: string

beforeAll(async () => {
  service = await startService()
  site = await registerSite(service)
  neighbour = await registerSite(service, { origins: ['https://neighbour.example'] })
})
afterAll(() => service?.dispose())

const scrape = async (): Promise<Record<string, number>> => {
  const text = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
  const found = text.matchAll(/^repartee_widget_(\w+_(?:count|sum)) (\S+)$/gm)
  return Object.fromEntries([...found].map(([, name = '', value]) => [name, Number(value)]))
}

/** Send a string as navigator.sendBeacon does: a simple request (Fetch standard), without a preflight. */
const beacon = (body: unknown, o: { path?: string; origin?: string; type?: string } = {}) =>
  call('POST', `${service.api}${o.path ?? `/sites/${site}/vitals`}`, {
    rawBody: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': o.type ?? 'text/plain;charset=UTF-8', origin: o.origin ?? ORIGIN },
  })

test('measurements are counted, from a beacon and as JSON, complete or partial', async () => {
  const before = await scrape()
  const answer = await beacon(visit)
  expect([answer.status, answer.body]).toEqual([204, null])
  expect((await beacon({ cls: 0 }, { type: 'application/json' })).status).toBe(204)
  const after = await scrape()
  const grown = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]))
  expect(grown).toEqual({
    lcp_ms_count: 1,
    lcp_ms_sum: 1830,
    inp_ms_count: 1,
    inp_ms_sum: 96.5,
    cls_count: 2,
    cls_sum: expect.closeTo(0.021),
    thread_ms_count: 1,
    thread_ms_sum: 412,
    post_ms_count: 2,
    post_ms_sum: 219,
  })
})

describe('is refused, and not counted:', () => {
  test.each<[string, unknown, number, string]>([
    ['a negative time', { ...visit, lcpMs: -1 }, 400, 'invalid_request'],
    ['a time over ten minutes', { ...visit, inpMs: 600_001 }, 400, 'invalid_request'],
    ['an infinite number', '{"threadMs":1e999}', 400, 'invalid_request'],
    ['a layout shift out of range', { ...visit, cls: 101 }, 400, 'invalid_request'],
    ['a time that is not a number', { ...visit, threadMs: '412' }, 400, 'invalid_request'],
    ['one bad time among the posts', { ...visit, postMs: [88, -1] }, 400, 'invalid_request'],
    ['more than 20 posts', { ...visit, postMs: Array(21).fill(1) }, 400, 'invalid_request'],
    ['an unknown field', { ...visit, url: 'https://blog.example/private' }, 400, 'unknown_field'],
    ['a list', [visit], 400, 'unknown_field'],
    ['no JSON', 'lcpMs=1830', 400, 'malformed_json'],
    ['nothing', '', 400, 'malformed_json'],
    ['more than 64 KiB', JSON.stringify(visit).padEnd(70_000), 413, 'payload_too_large'],
  ])('%s', async (_, body, status, code) => {
    const before = await scrape()
    const answer = await beacon(body)
    expect([answer.status, answer.body]).toMatchObject([status, { error: { code } }])
    expect(await scrape()).toEqual(before)
  })

  test.each<[string, () => Parameters<typeof beacon>[1], number, string]>([
    ['no site', () => ({ path: '/sites//vitals' }), 404, 'route_not_found'],
    ['no site in the path at all', () => ({ path: '/vitals' }), 404, 'route_not_found'],
    ['an unknown site', () => ({ path: '/sites/nobody-here/vitals' }), 404, 'site_not_found'],
    ['two sites', () => ({ path: `/sites/${site}/sites/${neighbour}/vitals` }), 404, 'route_not_found'],
    ['two sites in one', () => ({ path: `/sites/${site}%2F${neighbour}/vitals` }), 404, 'site_not_found'],
    ['a second site beside it', () => ({ path: `/sites/${site}/vitals?site=${neighbour}` }), 400, 'unknown_field'],
    ['another site’s page', () => ({ path: `/sites/${neighbour}/vitals` }), 403, 'origin_not_allowed'],
    ['an origin that is not listed', () => ({ origin: 'https://evil.test' }), 403, 'origin_not_allowed'],
    ['the opaque origin', () => ({ origin: 'null' }), 403, 'origin_not_allowed'],
    ['a form', () => ({ type: 'application/x-www-form-urlencoded' }), 415, 'unsupported_media_type'],
  ])('%s', async (_, o, status, code) => {
    const before = await scrape()
    const answer = await beacon(visit, o())
    expect([answer.status, answer.body]).toMatchObject([status, { error: { code } }])
    expect(await scrape()).toEqual(before)
  })
})

test('no other URL accepts text/plain, which any page can send without a preflight', async () => {
  const answer = await beacon({ name: 'A' }, { path: `/sites/${site}/readers/guest` })
  expect([answer.status, answer.body]).toMatchObject([415, { error: { code: 'unsupported_media_type' } }])
})

test('a network that reports too often on one site is told to wait, but not on other sites', {
  timeout: 120_000,
}, async () => {
  const busy = await registerSite(service)
  const path = `/sites/${busy}/vitals`
  let taken = 0
  let answer = await beacon(visit, { path })
  // The limit is 120 a minute. The margin is for what a very slow machine regains while it sends these.
  for (; answer.status === 204 && taken < 1_000; taken += 1) answer = await beacon(visit, { path })
  expect(taken).toBeGreaterThanOrEqual(120)
  expect([answer.status, answer.body]).toMatchObject([
    429,
    { error: { code: 'rate_limited', retryAfterMs: expect.any(Number) } },
  ])
  expect((await beacon(visit)).status).toBe(204)
})

test('the OpenAPI document describes it with both body types', async () => {
  const document = (await call('GET', `${service.api}/openapi.json`)).body as {
    paths: Record<string, { post?: { requestBody: { content: Record<string, { schema: unknown }> } } }>
  }
  const { content = {} } = document.paths['/api/v1/sites/{site}/vitals']?.post?.requestBody ?? {}
  expect(Object.keys(content)).toEqual(['application/json', 'text/plain'])
  expect(content['text/plain']?.schema).toMatchObject({
    additionalProperties: false,
    properties: { postMs: { type: 'array', maxItems: 20 }, cls: { type: 'number', maximum: 100 } },
  })
})
