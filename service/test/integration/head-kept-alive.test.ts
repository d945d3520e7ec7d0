import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startMetricsServer } from '../../src/adapters/metrics-server.ts'
import type { Route } from '../../src/transport/route.ts'
import { routes } from '../../src/transport/routes.ts'
import { eventually } from '../../testing/eventually.ts'
import { guest, openThread, post, registerSite } from '../../testing/people.ts'
import { silent } from '../../testing/silent.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { type KeptAlive, keepAlive, type RawAnswer } from '../kept-alive.ts'

const ORIGIN = 'https://blog.example'
let service: RunningService
let site: string
let thread: string
let comment: string
let token: string
let link: KeptAlive

beforeAll(async () => {
  service = await startService()
  site = await registerSite(service)
  thread = (await openThread(service, site, '/page')).thread.id
  token = (await guest(service, site)).token
  comment = (await post(service, { site, thread, token })).comment.id
  // Long enough to be compressed.
  for (let i = 0; i < 12; i += 1)
    await post(service, { site, thread, token, parentId: comment, body: 'text '.repeat(60) })
})
afterAll(() => service?.dispose())
afterEach(() => link?.close())

const headersOf = ({ headers }: RawAnswer): Record<string, string> => {
  const { date, 'x-request-id': requestId, ...others } = headers
  return others
}

const write = (): Promise<RawAnswer> =>
  link.ask({
    method: 'POST',
    path: `/api/v1/sites/${site}/preview`,
    headers: { 'content-type': 'application/json' },
    body: '{"body":"*after*"}',
  })

/** Send HEAD, GET and POST on one connection; returns the answer to GET. */
const compare = async (path: string, headers: Record<string, string | readonly string[]> = {}): Promise<RawAnswer> => {
  const head = await link.ask({ method: 'HEAD', path, headers })
  const got = await link.ask({ method: 'GET', path, headers })
  expect([head.status, headersOf(head)]).toEqual([got.status, headersOf(got)])
  if (got.status !== 304) expect(head.headers['content-length']).toBe(String(got.body.length))
  const written = await write()
  expect([written.status, written.body.toString()]).toEqual([200, expect.stringContaining('<em>after</em>')])
  return got
}

/** The query of each GET route. A missing one fails the first test, so that a new route cannot be forgotten. */
const queries: Readonly<Record<string, string>> = {
  'thread.snapshot': '?page=/page',
  'thread.changes': '?since=0',
  'comment.get': '',
  'comment.replies': '?limit=20',
  'thread.counts': '?page=/page&page=/other',
}
const gets = (routes as readonly Route[]).filter(({ method }) => method === 'GET')
const pathOf = (path: string): string =>
  `/api/v1/sites/${site}${path}`.replace(':thread', thread).replace(':comment', comment).replace(':kind', 'like')

test('every GET route has a case here', () => {
  expect(gets.map(({ name }) => name).sort()).toEqual(Object.keys(queries).sort())
})

const [chunk] = readdirSync(fileURLToPath(new URL('../../../widget/dist/w', import.meta.url)))
const answered: readonly [string, number, () => string][] = [
  ...gets.map((route): [string, number, () => string] => [
    route.name,
    200,
    () => pathOf(route.path) + (queries[route.name] ?? ''),
  ]),
  ...[`/w/${chunk}`, '/embed.js', '/demo/', '/healthz', '/readyz', '/api/v1/openapi.json'].map(
    (path): [string, number, () => string] => [path, 200, () => path],
  ),
  ['a redirect', 302, () => '/demo'],
  ['an unknown file', 404, () => '/nothing-here'],
  ['an unknown path of the API', 404, () => '/api/v1/nothing-here'],
  ['the path of the WebSocket', 404, () => '/api/v1/realtime'],
  ['an unknown site', 404, () => '/api/v1/sites/nobody-here/thread?page=/page'],
  ['a path that is not UTF-8', 400, () => '/api/v1/sites/%ff/thread?page=/page'],
  ['an invalid query', 400, () => `/api/v1/sites/${site}/thread?page=/page&limit=0`],
  ['a path without GET', 405, () => `/api/v1/sites/${site}/preview`],
]

describe.each(answered)('HEAD of %s', (_name, status, path) => {
  test.each(['identity', 'gzip', 'br'])(
    'answers as GET does, and so do the requests behind it (%s)',
    async (coding) => {
      link = await keepAlive(service.port)
      const got = await compare(path(), { 'accept-encoding': coding, origin: ORIGIN })
      expect(got.status).toBe(status)
      const { etag } = got.headers
      if (etag === undefined) return
      const again = await compare(path(), { 'accept-encoding': coding, origin: ORIGIN, 'if-none-match': etag })
      expect([again.status, again.headers.etag]).toEqual([304, etag])
    },
  )
})

test('HEAD of a compressed answer has the length of the compressed body', async () => {
  link = await keepAlive(service.port)
  for (const path of [pathOf('/thread?page=/page'), '/embed.js']) {
    const plain = await compare(path)
    const small = await compare(path, { 'accept-encoding': 'br' })
    expect(small.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' })
    expect(small.body.length).toBeLessThan(plain.body.length)
  }
})

test('HEAD is refused as GET is', async () => {
  link = await keepAlive(service.port)
  const path = pathOf('/thread?page=/page')
  expect((await compare(path, { origin: 'https://evil.test' })).status).toBe(403)
  expect((await compare(path, { authorization: 'Bearer a.b.c' })).status).toBe(401)
  expect((await compare(path, { authorization: ['Bearer a', 'Bearer b'] })).status).toBe(400)
  expect((await compare(path, { host: ['a', 'b'] })).status).toBe(400)
})

test('HEAD with a token answers as GET does', async () => {
  link = await keepAlive(service.port)
  const got = await compare(pathOf('/thread?page=/page'), { authorization: `Bearer ${token}` })
  expect([got.status, got.headers['cache-control']]).toEqual([200, 'no-store'])
})

test('Allow names HEAD wherever it names GET', async () => {
  link = await keepAlive(service.port)
  const allowed = async (method: string, path: string) => (await link.ask({ method, path })).headers.allow
  expect(await allowed('POST', pathOf('/thread'))).toBe('GET, HEAD, OPTIONS')
  expect(await allowed('OPTIONS', pathOf('/thread'))).toBe('GET, HEAD, OPTIONS')
  expect(await allowed('HEAD', pathOf('/preview'))).toBe('POST, OPTIONS')
})

test('head in lower case is another method, and its answer has a body', async () => {
  link = await keepAlive(service.port)
  for (const path of ['/healthz', pathOf('/thread')]) {
    const answer = await link.ask({ method: 'head', path })
    expect(answer.status).toBe(405)
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { code: 'method_not_allowed' } })
  }
  expect((await write()).status).toBe(200)
})

test('requests after a HEAD with a body are answered', async () => {
  link = await keepAlive(service.port)
  for (const path of ['/healthz', pathOf('/thread?page=/page')])
    expect((await link.ask({ method: 'HEAD', path, body: 'GET / HTTP/1.1\r\n\r\n' })).status).toBe(200)
  expect((await write()).status).toBe(200)
})

test('a HEAD with Connection: close ends the connection', async () => {
  link = await keepAlive(service.port)
  const { status } = await link.ask({ method: 'HEAD', path: '/healthz', headers: { connection: 'close' } })
  expect(status).toBe(200)
  await link.ended
})

describe('HEAD of a long-poll', () => {
  const changes = (since: number, wait: number) => `${pathOf('/threads/:thread/changes')}?since=${since}&wait=${wait}`
  const head = async (): Promise<number> => (await openThread(service, site, '/page')).thread.head
  const polls = (count: number) =>
    eventually(async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
      expect(metrics).toMatch(new RegExp(`^repartee_long_polls ${count}$`, 'm'))
    })

  test('waits as long as GET does when nothing changes', async () => {
    link = await keepAlive(service.port)
    expect((await compare(changes(await head(), 1))).status).toBe(200)
  })

  test('is answered with the next change, and so are the requests after it', async () => {
    link = await keepAlive(service.port)
    const since = await head()
    const waiting = link.ask({ method: 'HEAD', path: changes(since, 25) })
    await polls(1)
    await post(service, { site, thread, token })
    const [first, got] = [await waiting, await link.ask({ method: 'GET', path: changes(since, 0) })]
    expect([first.status, headersOf(first)]).toEqual([200, headersOf(got)])
    expect((await write()).status).toBe(200)
  })

  test('is cancelled when its client disconnects', async () => {
    link = await keepAlive(service.port)
    link.ask({ method: 'HEAD', path: changes(await head(), 25) }).catch(() => undefined)
    await polls(1)
    link.close()
    await polls(0)
  })
})

describe('the metrics port', () => {
  test('answers HEAD as GET, with the length of the text', async () => {
    const source = { text: async () => 'repartee_é 1\n', contentType: 'text/plain; version=0.0.4' }
    const server = await startMetricsServer({ host: '127.0.0.1', port: 0, log: silent }, source)
    link = await keepAlive(server.port)
    for (const path of ['/metrics', '/nothing-here', '/metrics']) {
      const head = await link.ask({ method: 'HEAD', path })
      const got = await link.ask({ method: 'GET', path })
      expect([head.status, headersOf(head)]).toEqual([got.status, headersOf(got)])
      expect([head.status, got.body.toString()]).toEqual(path === '/metrics' ? [200, await source.text()] : [404, ''])
      expect(head.headers['content-length']).toBe(String(got.body.length))
    }
    await server.close()
  })

  test('of a node answers HEAD and then GET', async () => {
    link = await keepAlive(service.metricsPort)
    const head = await link.ask({ method: 'HEAD', path: '/metrics' })
    const got = await link.ask({ method: 'GET', path: '/metrics' })
    expect([head.status, head.headers['content-type']]).toEqual([200, got.headers['content-type']])
    expect(got.body.toString()).toContain('repartee_db_up 1')
  })
})
