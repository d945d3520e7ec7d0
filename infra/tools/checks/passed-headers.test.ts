import type { IncomingHttpHeaders } from 'node:http'
import { isRequestHeader, requestHeaders } from '@repartee/service/transport/request-headers'
import { afterEach, describe, expect, test } from 'vitest'
import { installed } from '../servers/find-program.ts'
import { startNginx } from '../servers/start-nginx.ts'
import { ask, upgrade } from './ask.ts'
import { startUpstream } from './upstream.ts'

const READS = '/api/v1/openapi.json'
const THREAD = '/api/v1/sites/demo/thread?page=/a'
const PREVIEW = '/api/v1/sites/demo/preview'
const SESSION = '/api/v1/admin/session'
const REALTIME = '/api/v1/realtime'

/** As a browser sends, with what this service knows and what it does not. */
const browser = {
  accept: '*/*',
  'accept-encoding': 'br',
  'accept-language': 'vi',
  authorization: 'Bearer a.b.c',
  cookie: 'id=1',
  dnt: '1',
  forwarded: 'for=203.0.113.9',
  'if-modified-since': 'Mon, 30 Nov 2026 00:00:00 GMT',
  'if-none-match': 'W/"known"',
  origin: 'https://blog.example',
  range: 'bytes=0-1',
  referer: 'https://blog.example/a',
  'sec-fetch-mode': 'cors',
  te: 'trailers',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  'user-agent': 'Mozilla/5.0',
  via: '1.1 elsewhere',
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-proto': 'http',
  'x-real-ip': '203.0.113.9',
  'x-request-id': 'chosen-by-the-client',
  x_request_id: 'chosen-by-the-client',
}
const unlisted = (headers: IncomingHttpHeaders) => Object.keys(headers).filter((name) => !isRequestHeader(name))

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})
const start = async () => {
  const node = await startUpstream((_request, response) => response.end())
  stops.push(() => node.stop())
  const nginx = await startNginx({ upstreams: [node.address] })
  stops.push(() => nginx.stop())
  return { node, port: nginx.port }
}

describe.runIf(installed('nginx'))('of a request’s headers, nginx passes on', () => {
  test('those of the service’s table and no others, on every path', async () => {
    const { node, port } = await start()
    await ask(port, SESSION, {
      method: 'POST',
      headers: { ...browser, 'content-type': 'application/json; charset=utf-8' },
      body: '{}',
    })
    for (const path of [READS, THREAD, '/embed.js', '/w/a.js', '/']) await ask(port, path, { headers: browser })
    expect(node.seen).toHaveLength(6)
    for (const { headers } of node.seen) expect(unlisted(headers)).toEqual([])
    const [posted] = node.seen
    for (const [name, value] of Object.entries({ ...browser, 'content-type': 'application/json; charset=utf-8' }))
      if (isRequestHeader(name) && requestHeaders[name] === 'client')
        expect([name, posted?.headers[name]]).toEqual([name, value])
    expect(posted?.headers).toMatchObject({ 'content-length': '2', 'x-forwarded-for': '127.0.0.1' })
    expect(posted?.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
  })

  test('those of a WebSocket’s handshake', async () => {
    const { node, port } = await start()
    const handshake = {
      'sec-websocket-protocol': 'repartee.v1',
      'sec-websocket-extensions': 'permessage-deflate',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
      origin: 'https://blog.example',
    }
    const socket = await upgrade(port, REALTIME, { ...browser, ...handshake })
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`)
    socket.destroy()
    const { headers = {} } = node.seen[0] ?? {}
    expect(headers).toMatchObject({ ...handshake, upgrade: 'websocket', connection: 'upgrade' })
    expect(unlisted(headers).toSorted()).toEqual(['connection', 'upgrade'])
  })

  test('the client’s If-None-Match where nginx caches nothing, and nginx’s own where it does', async () => {
    const { node, port } = await start()
    for (const path of [READS, THREAD]) await ask(port, path, { headers: { 'if-none-match': 'W/"known"' } })
    expect(node.seen.map(({ headers }) => headers['if-none-match'])).toEqual(['W/"known"', undefined])
  })

  test('none of a request with two of one that decides who asks, or the same to all that reads it', async () => {
    const { node, port } = await start()
    // Names and values in turn: the one form in which Node.js sends a header twice.
    const host = ['host', 'a.example']
    const twice = (name: string, first: string, second: string) => [name, first, name, second]
    for (const headers of [
      [...host, ...twice('authorization', 'Bearer a', 'Bearer b')],
      twice('host', 'a.example', 'b.example'),
    ])
      expect((await ask(port, READS, { headers })).status).toBe(400)
    expect(node.seen).toEqual([])
    await ask(port, READS, { headers: [...host, ...twice('origin', 'https://a.example', 'https://b.example')] })
    const types = twice('content-type', 'text/plain', 'application/json')
    await ask(port, PREVIEW, { method: 'POST', headers: [...host, 'content-length', '2', ...types], body: '{}' })
    const [origin, type] = [node.seen[0]?.headers.origin, node.seen[1]?.headers['content-type']]
    expect(['https://a.example', 'https://a.example, https://b.example']).toContain(origin)
    expect(['text/plain', 'text/plain, application/json']).toContain(type)
  })

  test('never more than a node takes: nginx refuses what is too long, by itself', async () => {
    const { node, port } = await start()
    const long = (length: number) => 'x'.repeat(length)
    expect((await ask(port, `/${long(15_000)}`)).status).toBe(414)
    expect((await ask(port, READS, { headers: { 'user-agent': long(15_000) } })).status).toBe(400)
    const authorization = `Bearer ${long(6_000)}`
    expect((await ask(port, `/${long(8_000)}`, { headers: { authorization } })).status).toBe(431)
    expect(node.seen).toEqual([])
    // Long addresses of pages come through, and so do readers with many cookies of other applications.
    const cookie = `other=${long(8_000)}`
    expect((await ask(port, `/${long(7_500)}`, { headers: { authorization, cookie } })).status).toBe(200)
    const { headers = {}, url = '' } = node.seen[0] ?? {}
    const lines = [`GET ${url} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
    expect(`${lines.join('\r\n')}\r\n\r\n`.length).toBeLessThan(16 * 1_024)
  })
})
