import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:http2'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '@repartee/service/testing/eventually'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { nginxDefaults, renderNginx } from '../../deploy/nginx/render.ts'
import { findOrSkip } from '../servers/find-program.ts'
import { makeServerFolder } from '../servers/server-folder.ts'
import { startNginx, writeNginxFolder } from '../servers/start-nginx.ts'
import { ask, upgrade } from './ask.ts'
import { startImpatientUpstream, startUpstream } from './upstream.ts'

const THREAD = '/api/v1/sites/demo/thread?page=/a'
const COMMENTS = '/api/v1/sites/demo/threads/t/comments'
const REALTIME = '/api/v1/realtime'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})
const keep = <T extends { stop(): Promise<void> }>(part: T): T => {
  stops.push(() => part.stop())
  return part
}

const named = (name: string) =>
  startUpstream((_request, response) => response.writeHead(200, { 'x-node': name }).end(name)).then(keep)

const proxy = async (
  upstreams: readonly { address: string }[],
  change: Parameters<typeof startNginx>[0] | object = {},
) => keep(await startNginx({ upstreams: upstreams.map(({ address }) => address), ...change }))

test('a value cannot end its directive and start another', () => {
  const options = { ...nginxDefaults, upstreams: ['127.0.0.1:9001'] }
  expect(renderNginx(options)).toContain('server 127.0.0.1:9001 max_fails')
  expect(() => renderNginx({ ...options, upstreams: ['a:1; } server { listen 80'] })).toThrow(/not fit/)
  expect(() => renderNginx({ ...options, accessLog: '/x json;\nuser root' })).toThrow(/not fit/)
  expect(() => renderNginx({ ...options, upstreams: [] })).toThrow(/at least one/)
})

test('no placeholder is left in the configuration', () => {
  const text = renderNginx({ ...nginxDefaults, upstreams: ['a:1'], tls: { certificate: '/c', key: '/k' } })
  expect(text.split('\n').filter((line) => !line.startsWith('#') && /@[A-Z]/.test(line))).toEqual([])
})

const nginxProgram = findOrSkip('nginx')

describe.skipIf(nginxProgram === null)('nginx', () => {
  test('accepts the configuration without a warning, with and without TLS, a redirect and a balancer in front', async () => {
    for (const change of [
      { redirectPort: 8081, behind: ['10.0.0.0/8'], workers: 'auto' as const, listen: ['127.0.0.1', '[::1]'] },
      { tls: null },
    ]) {
      const folder = makeServerFolder('nginx')
      await writeNginxFolder(folder.path, { upstreams: ['127.0.0.1:9001', '127.0.0.1:9002'], ...change })
      const file = join(folder.path, 'nginx.conf')
      const { status, stderr } = spawnSync(nginxProgram ?? '', ['-t', '-c', file], { encoding: 'utf8' })
      folder.remove()
      expect(stderr).toContain('test is successful')
      expect(stderr).not.toContain('[warn]')
      expect(status).toBe(0)
    }
  })

  test('passes a WebSocket through in both directions, without the domain’s cookies', async () => {
    const node = await named('a')
    const { port } = await proxy([node])
    const socket = await upgrade(port, REALTIME, { cookie: 'session=secret', origin: 'https://blog.example' })
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`)
    socket.write('there and back')
    const [echo] = await once(socket, 'data')
    socket.destroy()
    expect(String(echo)).toBe('there and back')
    expect(node.seen[0]?.headers).toMatchObject({ upgrade: 'websocket', origin: 'https://blog.example' })
    expect(node.seen[0]?.headers.cookie).toBeUndefined()
  })

  test('upgrades at no other URL and to no other protocol', async () => {
    const node = await named('a')
    const { port } = await proxy([node])
    expect(await upgrade(port, '/api/v1/openapi.json')).toBe(200)
    expect(await upgrade(port, REALTIME, { upgrade: 'h2c' })).toBe(200)
    expect(node.seen.map(({ headers }) => headers.upgrade)).toEqual([undefined, undefined])
  })

  test('a POST after ten idle seconds does not use a connection that the node is about to close', async () => {
    const node = keep(await startImpatientUpstream(8_500))
    const { port } = await proxy([node])
    const post = () => ask(port, COMMENTS, { method: 'POST', body: '{}' })
    expect((await post()).status).toBe(200)
    expect((await post()).status).toBe(200)
    expect(node.connections()).toBe(1)
    await delay(10_000)
    expect((await post()).status).toBe(200)
    expect(node.connections()).toBe(2)
  })

  test('reads and sockets skip a node that answers 503', async () => {
    const [a, b] = [await named('a'), await named('b')]
    const { port } = await proxy([a, b])
    a.answer((_request, response) => response.writeHead(503).end('draining'))
    a.refuseSockets()
    for (let i = 0; i < 6; i += 1) expect((await ask(port, `/api/v1/openapi.json?${i}`)).body).toBe('b')
    for (let i = 0; i < 4; i += 1) {
      const socket = await upgrade(port, REALTIME)
      expect(socket).not.toBeTypeOf('number')
      if (typeof socket !== 'number') socket.destroy()
    }
    expect(a.seen.length).toBeGreaterThan(1)
  })

  test('a POST that reached a node is never sent to another, unless it is a comment, which has a key', async () => {
    const [a, b] = [await named('a'), await named('b')]
    const { port } = await proxy([a, b])
    for (const node of [a, b]) node.answer((request) => void request.socket.destroy())
    const reply = await ask(port, '/api/v1/sites/demo/readers/guest', { method: 'POST', body: '{}' })
    expect(a.seen.length + b.seen.length).toBe(1)
    expect(reply.status).toBe(503)
    expect(JSON.parse(reply.body)).toMatchObject({ error: { code: 'unavailable' } })
    expect(reply.headers).toMatchObject({ 'retry-after': '1', 'access-control-allow-origin': '*' })
    expect((await ask(port, COMMENTS, { method: 'POST', body: '{}' })).status).toBe(503)
    expect([a, b].map(({ seen }) => seen.filter(({ url }) => url === COMMENTS).length)).toEqual([1, 1])
  })

  test('a POST whose node does not listen is sent to the next', async () => {
    const [a, b] = [await named('a'), await named('b')]
    const { port } = await proxy([a, b])
    await a.stop()
    for (let i = 0; i < 4; i += 1) expect((await ask(port, COMMENTS, { method: 'POST', body: '{}' })).body).toBe('b')
  })

  test('a node that comes back gets writes and sockets within two seconds, and no request failed meanwhile', async () => {
    const [a, b] = [await named('a'), await named('b')]
    const { port } = await proxy([a, b])
    const post = () => ask(port, COMMENTS, { method: 'POST', body: '{}' })
    const visit = async () => {
      const socket = await upgrade(port, REALTIME)
      expect(socket).not.toBeTypeOf('number')
      if (typeof socket !== 'number') socket.destroy()
    }
    await a.stop()
    for (let i = 0; i < 8; i += 1) {
      expect((await post()).body).toBe('b')
      await visit()
    }
    const back = keep(await startUpstream((_request, response) => response.end('a'), Number(a.address.split(':')[1])))
    const came = () => new Set(back.seen.map(({ method }) => method))
    // Two seconds are what nginx promises; the rest is for a slow machine.
    await vi.waitFor(
      async () => {
        expect(['a', 'b']).toContain((await post()).body)
        await visit()
        expect(came()).toEqual(new Set(['POST', 'GET']))
      },
      { timeout: 4_500, interval: 20 },
    )
  })

  test('without a database, many reads that get 503 do not keep sockets and writes from the nodes', async () => {
    const [a, b] = [await named('a'), await named('b')]
    const { port } = await proxy([a, b])
    for (const node of [a, b])
      node.answer((request, response) => response.writeHead(request.method === 'GET' ? 503 : 201).end())
    for (let i = 0; i < 30; i += 1) expect((await ask(port, `/api/v1/openapi.json?${i}`)).status).toBe(503)
    expect((await ask(port, COMMENTS, { method: 'POST', body: '{}' })).status).toBe(201)
    const socket = await upgrade(port, REALTIME)
    expect(socket).not.toBeTypeOf('number')
    if (typeof socket !== 'number') socket.destroy()
  })

  test('a client’s own X-Forwarded-For and X-Request-Id are dropped, and the log has the real address and id', async () => {
    const node = await named('a')
    const nginx = await proxy([node])
    const reply = await ask(nginx.port, '/api/v1/openapi.json', {
      headers: {
        'x-forwarded-for': '203.0.113.9, 10.0.0.1',
        'x-real-ip': '203.0.113.9',
        forwarded: 'for=203.0.113.9',
        'x-request-id': 'chosen-by-the-client',
        cookie: 'session=secret',
      },
    })
    const headers = node.seen[0]?.headers ?? {}
    expect(headers['x-forwarded-for']).toBe('127.0.0.1')
    expect(headers['x-real-ip']).toBeUndefined()
    expect(headers.forwarded).toBeUndefined()
    expect(headers.cookie).toBeUndefined()
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
    expect(reply.headers['x-request-id']).toBe(headers['x-request-id'])
    await eventually(async () =>
      expect(await nginx.log()).toEqual([
        expect.objectContaining({
          msg: 'request',
          level: 'info',
          requestId: headers['x-request-id'],
          path: '/api/v1/openapi.json',
          status: 200,
          network: '127.0.0.0',
          upstream: node.address,
          upstreamSeconds: expect.stringMatching(/^\d+\.\d+$/),
        }),
      ]),
    )
  })

  test('the dashboard and sign-in keep their cookies', async () => {
    const node = await named('a')
    const { port } = await proxy([node])
    for (const path of ['/api/v1/admin/session', '/api/v1/sites/demo/readers/refresh'])
      await ask(port, path, { method: 'POST', headers: { cookie: 'id=1' }, body: '{}' })
    expect(node.seen.map(({ headers }) => headers.cookie)).toEqual(['id=1', 'id=1'])
  })

  test('when every node is gone, a cached page is served and marked as stale', async () => {
    const node = await startUpstream((_request, response) =>
      response
        .writeHead(200, { etag: 'W/"head-7"', 'cache-control': 'no-cache', 'content-type': 'application/json' })
        .end('{"head":7}'),
    )
    keep(node)
    const { port } = await proxy([node])
    expect((await ask(port, THREAD)).headers['x-cache']).toBe('MISS')
    await node.stop()
    await vi.waitFor(async () => expect((await ask(port, THREAD)).headers['x-cache']).toBe('STALE'), { timeout: 5_000 })
    const stale = await ask(port, THREAD)
    expect(stale).toMatchObject({ status: 200, body: '{"head":7}' })
    expect(stale.headers).toMatchObject({ warning: '110 - "Response is Stale"', 'cache-control': 'no-cache' })
    expect((await ask(port, THREAD, { headers: { 'if-none-match': 'W/"head-7"' } })).status).toBe(304)
    expect((await ask(port, '/api/v1/sites/demo/thread?page=/other')).status).toBe(503)
  })

  test('a page is revalidated with its ETag after a second, and a new one is served at once', async () => {
    let head = 1
    const node = keep(
      await startUpstream((request, response) => {
        const etag = `W/"${head}"`
        if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end()
        else response.writeHead(200, { etag, 'cache-control': 'no-cache' }).end(String(head))
      }),
    )
    const { port } = await proxy([node])
    await ask(port, THREAD)
    await vi.waitFor(async () => expect((await ask(port, THREAD)).headers['x-cache']).toBe('REVALIDATED'), {
      timeout: 5_000,
    })
    expect(node.seen.at(-1)?.headers['if-none-match']).toBe('W/"1"')
    head = 2
    await vi.waitFor(async () => expect((await ask(port, THREAD)).body).toBe('2'), { timeout: 2_500 })
  })

  test('answers to requests with a token are neither cached nor taken from the cache', async () => {
    let answered = 0
    const node = keep(
      await startUpstream((request, response) => {
        answered += 1
        response
          .writeHead(200, { 'cache-control': 'no-store' })
          .end(request.headers.authorization ?? `public ${answered}`)
      }),
    )
    const { port } = await proxy([node])
    const as = (token: string) => ask(port, THREAD, { headers: { authorization: token } })
    expect((await as('Bearer one')).body).toBe('Bearer one')
    expect((await as('Bearer two')).body).toBe('Bearer two')
    expect((await ask(port, THREAD)).body).toBe('public 3')
    expect((await as('Bearer one')).body).toBe('Bearer one')
  })

  test('requests from different origins do not share a cached answer', async () => {
    const node = keep(
      await startUpstream((request, response) =>
        response.writeHead(200, { 'access-control-allow-origin': request.headers.origin ?? 'none' }).end(),
      ),
    )
    const { port } = await proxy([node])
    for (const origin of ['https://a.example', 'https://b.example'])
      expect((await ask(port, THREAD, { headers: { origin } })).headers['access-control-allow-origin']).toBe(origin)
  })

  test('a chunk that only a newer node has is found there, and cached for when both are gone', async () => {
    const [old, next] = [await named('old'), await named('next')]
    old.answer((_request, response) => response.writeHead(404).end())
    next.answer((_request, response) =>
      response.writeHead(200, { 'cache-control': 'public, max-age=31536000, immutable' }).end('chunk'),
    )
    const { port } = await proxy([old, next])
    for (const path of ['/w/a.js', '/w/b.js', '/w/c.js']) expect((await ask(port, path)).body).toBe('chunk')
    await Promise.all([old.stop(), next.stop()])
    expect(await ask(port, '/w/a.js')).toMatchObject({ status: 200, body: 'chunk' })
  })

  test('a body over the limit and too many sockets of one address are refused in the service’s format', async () => {
    const node = await named('a')
    const { port } = await proxy([node], { socketsPerAddress: 2 })
    const large = await ask(port, COMMENTS, { method: 'POST', body: 'x'.repeat(300 * 1_024) })
    expect(large.status).toBe(413)
    expect(JSON.parse(large.body)).toMatchObject({ error: { code: 'payload_too_large' } })
    const sockets = [await upgrade(port, REALTIME), await upgrade(port, REALTIME)]
    expect(await upgrade(port, REALTIME)).toBe(429)
    for (const socket of sockets) if (typeof socket !== 'number') socket.destroy()
    expect(node.seen.filter(({ method }) => method === 'POST')).toEqual([])
  })

  test('supports HTTP/2 and passes on the host with its port', async () => {
    const node = await named('a')
    const { port } = await proxy([node])
    const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
    const stream = session.request({ ':path': '/api/v1/openapi.json' })
    const [headers] = await once(stream, 'response')
    session.destroy()
    expect(headers[':status']).toBe(200)
    expect(node.seen[0]?.headers.host).toBe(`127.0.0.1:${port}`)
  })

  test('headers that the node sets are not doubled, and missing ones are added', async () => {
    const node = keep(
      await startUpstream((_request, response) =>
        response.writeHead(200, { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }).end(),
      ),
    )
    const { port } = await proxy([node])
    const { headers } = await ask(port, '/demo/')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['strict-transport-security']).toBe('max-age=31536000')
    node.answer((_request, response) => response.end())
    expect((await ask(port, '/demo/')).headers['x-content-type-options']).toBe('nosniff')
  })
})
