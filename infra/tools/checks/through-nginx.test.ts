import { eventually } from '@repartee/service/testing/eventually'
import { type RunningService, startService } from '@repartee/service/testing/start-service'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { installed } from '../servers/find-program.ts'
import { type NginxServer, startNginx } from '../servers/start-nginx.ts'
import { ask, upgrade } from './ask.ts'

const THREAD = '/api/v1/sites/demo/thread?page=/through-nginx'

describe.runIf(installed('nginx'))('the service behind nginx', () => {
  let service: RunningService
  let nginx: NginxServer

  beforeAll(async () => {
    service = await startService({ TRUSTED_PROXIES: '127.0.0.1' })
    nginx = await startNginx({ upstreams: [`127.0.0.1:${service.port}`] })
  })
  afterAll(async () => {
    await nginx?.stop()
    await service?.dispose()
  })

  test('a page is answered from the cache, and revalidated with the service’s ETag', async () => {
    const first = await ask(nginx.port, THREAD)
    expect(first).toMatchObject({ status: 200, headers: { 'x-cache': 'MISS', 'cache-control': 'no-cache' } })
    expect((await ask(nginx.port, THREAD)).body).toBe(first.body)
    await vi.waitFor(async () => expect((await ask(nginx.port, THREAD)).headers['x-cache']).toBe('REVALIDATED'), {
      timeout: 5_000,
    })
    const { etag } = first.headers
    expect((await ask(nginx.port, THREAD, { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  test('the loader and its chunks are served compressed to other origins', async () => {
    const loader = await ask(nginx.port, '/embed.js', { headers: { origin: 'https://blog.example' } })
    expect(loader).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': '*' } })
    expect(
      (await ask(nginx.port, '/embed.js', { headers: { origin: 'https://blog.example' } })).headers['x-cache'],
    ).toBe('HIT')
    expect(loader.headers['x-content-type-options']).toBe('nosniff')
  })

  test('a refusal by the service keeps its format and has the request id of nginx’s log', async () => {
    const refused = await ask(nginx.port, '/api/v1/sites/nobody/thread?page=/a')
    expect(refused.status).toBe(404)
    expect(JSON.parse(refused.body)).toMatchObject({ error: { code: 'site_not_found' } })
    const requestId = refused.headers['x-request-id']
    await eventually(async () =>
      expect(await nginx.log()).toContainEqual(
        expect.objectContaining({ requestId, status: 404, level: 'warn', path: '/api/v1/sites/nobody/thread' }),
      ),
    )
  })

  test('the longest request that nginx passes on is still answered by the service', async () => {
    const sent = { path: `${THREAD}${'x'.repeat(8_000)}`, authorization: `Bearer ${'x'.repeat(5_700)}` }
    const { status, body } = await ask(nginx.port, sent.path, { headers: { authorization: sent.authorization } })
    expect({ status, ...JSON.parse(body) }).toMatchObject({ status: 401, error: { code: 'token_invalid' } })
    const longer = await ask(nginx.port, `${sent.path}${'x'.repeat(400)}`, {
      headers: { authorization: sent.authorization },
    })
    expect(longer.status).toBe(431)
  })

  test('a second origin in one request allows nothing that the first alone does not', async () => {
    const [own, foreign] = [`https://127.0.0.1:${nginx.port}`, 'https://evil.example']
    const from = (origins: string[]) =>
      ask(nginx.port, THREAD, {
        // Names and values in turn: the one form in which Node.js sends a header twice.
        headers: ['host', `127.0.0.1:${nginx.port}`, ...origins.flatMap((origin) => ['origin', origin])],
      })
    expect((await from([own])).headers['access-control-allow-origin']).toBe(own)
    for (const refused of [[foreign], [foreign, own]]) expect((await from(refused)).status).toBe(403)
    // Refused as one value of both, or, by an nginx before 1.23, answered to the first.
    const { status, headers } = await from([own, foreign])
    expect([
      [403, undefined],
      [200, own],
    ]).toContainEqual([status, headers['access-control-allow-origin']])
  })

  test('a WebSocket of the page’s own origin is accepted', async () => {
    const socket = await upgrade(nginx.port, '/api/v1/realtime', {
      origin: `https://127.0.0.1:${nginx.port}`,
      'sec-websocket-protocol': 'repartee.v1',
    })
    expect(socket).not.toBeTypeOf('number')
    if (typeof socket !== 'number') socket.destroy()
  })

  test('a monitor that sends HEAD repeatedly is answered, and so are all other clients', async () => {
    // Two, so that failed answers count: nginx never gives up its only one.
    const address = `127.0.0.1:${service.port}`
    const shared = await startNginx({ upstreams: [address, address] })
    onTestFinished(() => shared.stop())
    const statusOf = async (method: string, path: string, body?: string): Promise<string> => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' }
      const { status } = await ask(shared.port, path, { method, headers, ...(body !== undefined && { body }) })
      return `${method} ${path} ${status}`
    }
    for (let i = 0; i < 20; i += 1) expect(await statusOf('HEAD', '/demo/')).toBe('HEAD /demo/ 200')
    for (let i = 0; i < 3; i += 1) {
      expect(await statusOf('GET', '/demo/')).toBe('GET /demo/ 200')
      expect(await statusOf('GET', THREAD)).toBe(`GET ${THREAD} 200`)
      const preview = '/api/v1/sites/demo/preview'
      expect(await statusOf('POST', preview, '{"body":"text"}')).toBe(`POST ${preview} 200`)
    }
    // None had to be sent twice: nginx names every node that it asked, with a comma between.
    expect((await shared.log()).filter(({ upstream }) => String(upstream).includes(','))).toEqual([])
  })

  test('an upload that is too large is refused by the node, which does not count as failed', async () => {
    const { port, log } = nginx
    const upload = { method: 'POST', headers: { 'content-type': 'application/json' }, body: 'x'.repeat(250_000) }
    for (let i = 0; i < 60; i += 1) {
      const { status, body } = await ask(port, '/api/v1/sites/demo/preview', upload)
      expect([status, JSON.parse(body)]).toMatchObject([413, { error: { code: 'payload_too_large' } }])
    }
    const uploads = (await log()).filter(({ path }) => path === '/api/v1/sites/demo/preview')
    expect(new Set(uploads.map(({ upstreamStatus }) => upstreamStatus))).toEqual(new Set(['413']))
  })
})
