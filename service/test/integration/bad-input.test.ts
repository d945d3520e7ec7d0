import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { guest, openThread, post, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call, connect, type WireClient } from '../../testing/wire-client.ts'
import { greeted, makeScene, ORIGIN, type Scene } from './service-scene.ts'

let service: RunningService
let link: WireClient
let site: Scene['site']
let thread: Scene['thread']
let reader: Scene['reader']
let foreign: Scene['foreign']
let pending: Scene['pending']
let neighbour: Scene['neighbour']

beforeAll(async () => {
  service = await startService()
  ;({ site, thread, reader, foreign, pending, neighbour } = await makeScene(service))
  link = await greeted(service, site, reader.token)
})
afterAll(async () => {
  link?.close()
  await service?.dispose()
})

const comments = () => `${service.api}/sites/${site}/threads/${thread}/comments`

test('malformed JSON is malformed_json over both transports', async () => {
  const http = await call('POST', comments(), { token: reader.token, rawBody: '{"key":' })
  expect([http.status, http.body]).toMatchObject([400, { error: { code: 'malformed_json' } }])
  const client = await greeted(service, site, reader.token)
  expect(await client.raw('{"type":')).toMatchObject({ type: 'error', error: { code: 'malformed_json' } })
  client.close()
})

test('an unknown command is unknown_command, an unknown URL is route_not_found', async () => {
  expect(await link.ask({ type: 'comment.feature' })).toMatchObject({ error: { code: 'unknown_command' } })
  for (const path of [`/sites/${site}/nothing`, '/nothing', `/sites/${site}/threads/${thread}`]) {
    const http = await call('GET', service.api + path)
    expect([path, http.status, http.body]).toMatchObject([path, 404, { error: { code: 'route_not_found' } }])
  }
})

test('a method that a URL does not have is method_not_allowed and lists those it has', async () => {
  const http = await call('PUT', comments(), { token: reader.token, body: {} })
  expect([http.status, http.body]).toMatchObject([405, { error: { code: 'method_not_allowed' } }])
  expect(http.headers.get('allow')).toBe('POST, OPTIONS')
})

test('an unknown site is site_not_found over both transports, and the socket is closed for good', async () => {
  const http = await call('GET', `${service.api}/sites/nobody-here/thread?page=/`)
  expect([http.status, http.body]).toMatchObject([404, { error: { code: 'site_not_found' } }])
  const client = await connect(service.api, { origin: ORIGIN })
  expect(await client.ask({ type: 'hello', site: 'nobody-here', version: 1 })).toMatchObject({
    error: { code: 'site_not_found' },
  })
  expect(await client.closed).toBe(4502)
})

test.each([
  'https://blog.example.evil.test',
  'https://evil.test',
  'http://blog.example',
  'https://blog.example:8443',
  'https://sub.blog.example',
  'https://blog.example.',
  'null',
  'https://BLOG.example',
  'https://xn--blog-example',
])('the origin %s is refused over both transports', async (origin) => {
  const http = await call('GET', `${service.api}/sites/${site}/thread?page=/`, { headers: { origin } })
  expect([http.status, http.body]).toMatchObject([403, { error: { code: 'origin_not_allowed' } }])
  const client = await connect(service.api, { origin })
  expect(await client.ask({ type: 'hello', site, version: 1 })).toMatchObject({
    error: { code: 'origin_not_allowed' },
  })
  expect(await client.closed).toBe(4503)
})

test('a listed origin may read the answer, without credentials', async () => {
  const http = await call('GET', `${service.api}/sites/${site}/thread?page=/`, { headers: { origin: ORIGIN } })
  expect(http.headers.get('access-control-allow-origin')).toBe(ORIGIN)
  expect(http.headers.get('access-control-allow-credentials')).toBeNull()
  expect(http.headers.get('vary')).toContain('Origin')
})

test('a forged, altered or foreign token is token_invalid over both transports', async () => {
  const [head, claims, signature] = reader.token.split('.')
  const staff = Buffer.from(
    JSON.stringify({ ...JSON.parse(Buffer.from(claims ?? '', 'base64url').toString()), role: 'owner' }),
  ).toString('base64url')
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`
  for (const token of ['nonsense', `${head}.${staff}.${signature}`, unsigned, foreign.token]) {
    const http = await call('POST', comments(), { token, body: { key: newId(), body: 'x' } })
    expect([http.status, http.body]).toMatchObject([401, { error: { code: 'token_invalid' } }])
    const client = await connect(service.api, { origin: ORIGIN })
    expect(await client.ask({ type: 'hello', site, version: 1, token })).toMatchObject({
      error: { code: 'token_invalid' },
    })
    client.close()
  }
})

test('a body of another media type is unsupported_media_type', async () => {
  const http = await call('POST', comments(), {
    token: reader.token,
    rawBody: 'key=1',
    headers: { 'content-type': 'text/plain' },
  })
  expect([http.status, http.body]).toMatchObject([415, { error: { code: 'unsupported_media_type' } }])
})

test('a body over 64 KiB is payload_too_large, and a frame that large closes the socket', async () => {
  const http = await call('POST', comments(), {
    token: reader.token,
    rawBody: JSON.stringify({ key: newId(), body: 'a'.repeat(70_000) }),
  })
  expect([http.status, http.body]).toMatchObject([413, { error: { code: 'payload_too_large' } }])
  const client = await greeted(service, site, reader.token)
  client.send({ type: 'comment.create', ref: 9, thread, key: newId(), body: 'a'.repeat(70_000) })
  expect([1006, 1009]).toContain(await client.closed)
})

test('one key with another text is key_reused over both transports, and the first comment stays', async () => {
  const key = newId()
  await post(service, { site, thread, token: reader.token, key, body: 'the first text' })
  const http = await call('POST', comments(), { token: reader.token, body: { key, body: 'another text' } })
  expect([http.status, http.body]).toMatchObject([409, { error: { code: 'key_reused' } }])
  expect(await link.ask({ type: 'comment.create', thread, key, body: 'another text' })).toMatchObject({
    error: { code: 'key_reused' },
  })
  expect((await post(service, { site, thread, token: reader.token, key, body: 'the first text' })).created).toBe(false)
})

test('writing too fast is rate_limited over both transports, with the time to wait', async () => {
  const slow = await registerSite(service, { settings: { commentsPerMinute: 2 } })
  const slowThread = (await openThread(service, slow)).thread.id
  const hasty = await guest(service, slow)
  const url = `${service.api}/sites/${slow}/threads/${slowThread}/comments`
  const answers = []
  for (let i = 0; i < 4; i += 1)
    answers.push(await call('POST', url, { token: hasty.token, body: { key: newId(), body: `text ${i}` } }))
  const last = answers.at(-1)
  expect(answers.map((answer) => answer.status)).toEqual([201, 201, 429, 429])
  expect(last?.body).toMatchObject({ error: { code: 'rate_limited', retryAfterMs: expect.any(Number) } })
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0)
  const client = await greeted(service, slow, hasty.token)
  expect(await client.ask({ type: 'comment.create', thread: slowThread, key: newId(), body: 'text 9' })).toMatchObject({
    error: { code: 'rate_limited' },
  })
  client.close()
})

test('a command before hello is hello_required, too new a version is unsupported_version', async () => {
  const client = await connect(service.api, { origin: ORIGIN })
  expect(await client.ask({ type: 'subscribe', thread })).toMatchObject({ error: { code: 'hello_required' } })
  expect(await client.ask({ type: 'hello', site, version: 99 })).toMatchObject({
    error: { code: 'unsupported_version' },
  })
  expect(await client.closed).toBe(4501)
})

test('subscribing to a thread of another site is thread_not_found', async () => {
  expect(await link.ask({ type: 'subscribe', thread: foreign.thread })).toMatchObject({
    error: { code: 'thread_not_found' },
  })
})

test.each([
  '/thread',
  '/thread?page=',
  '/thread?page=a&page=b',
  '/thread?page=/&sort=;drop',
  '/thread?page=/&limit=-1',
  '/thread?page=/&limit=101',
  '/thread?page=/&cursor=%27',
  '/thread?page=/&extra=1',
  '/counts',
  '/thread?page=%00',
])('GET %s is refused as a bad request', async (path) => {
  const http = await call('GET', `${service.api}/sites/${site}${path}`)
  expect([path, http.status]).toEqual([path, 400])
})

test('another site’s thread, comment and replies are not found', async () => {
  const base = `${service.api}/sites/${site}/threads/${foreign.thread}`
  for (const [path, code] of [
    ['/changes?since=0', 'thread_not_found'],
    [`/comments/${foreign.comment}`, 'comment_not_found'],
    [`/comments/${foreign.comment}/replies`, 'comment_not_found'],
  ] as const)
    expect((await call('GET', base + path)).body, path).toMatchObject({ error: { code } })
})

test('only its author can read a pending comment', async () => {
  const url = `${service.api}/sites/${pending.site}/threads/${pending.thread}/comments/${pending.comment}`
  expect((await call('GET', url)).status).toBe(404)
  expect((await call('GET', url, { token: neighbour.token })).status).toBe(404)
  expect((await call('GET', url, { token: pending.token })).body).toMatchObject({
    comment: { status: 'pending', body: 'Hello' },
  })
  const changes = await call('GET', `${service.api}/sites/${pending.site}/threads/${pending.thread}/changes?since=0`)
  expect(changes.body).toMatchObject({ changes: [], to: 1 })
})
