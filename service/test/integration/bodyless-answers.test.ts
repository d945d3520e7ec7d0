import { SUBPROTOCOL } from '@repartee/sdk/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { MAX_BODY_BYTES } from '../../src/transport/http.ts'
import { eventually } from '../../testing/eventually.ts'
import { guest, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { connect } from '../../testing/wire-client.ts'
import { type KeptAlive, keepAlive } from '../kept-alive.ts'

const ORIGIN = 'https://blog.example'
const json = { origin: ORIGIN, 'content-type': 'application/json' }
let service: RunningService
let base: string
let link: KeptAlive

beforeAll(async () => {
  service = await startService()
  base = `/api/v1/sites/${await registerSite(service)}`
})
afterAll(() => service?.dispose())
afterEach(() => link?.close())

/** Expect that the next requests on the connection get their own answers. */
const expectUsable = async (): Promise<void> => {
  const got = await link.ask({ method: 'GET', path: '/healthz' })
  expect([got.status, got.body.toString()]).toEqual([200, '{"status":"ok"}'])
  const written = await link.ask({ method: 'POST', path: `${base}/preview`, headers: json, body: '{"body":"*after*"}' })
  expect([written.status, written.body.toString()]).toEqual([200, expect.stringContaining('<em>after</em>')])
}

describe('after an answer without a body the connection stays usable', () => {
  test('204 to a preflight, a beacon and a logout', async () => {
    link = await keepAlive(service.port)
    const { refresh } = await guest(service, base.split('/').at(-1) ?? '')
    for (const request of [
      { method: 'OPTIONS', path: `${base}/thread`, headers: { origin: ORIGIN } },
      { method: 'POST', path: `${base}/vitals`, headers: { 'content-type': 'text/plain' }, body: '{"cls":0}' },
      { method: 'POST', path: `${base}/readers/logout`, headers: json, body: JSON.stringify({ refresh }) },
    ]) {
      const answer = await link.ask(request)
      expect([request.path, answer.status]).toEqual([request.path, 204])
      // RFC 9110 §8.6: never with 204.
      expect(answer.headers).not.toHaveProperty('content-length')
      await expectUsable()
    }
  })

  test('304', async () => {
    link = await keepAlive(service.port)
    for (const path of [`${base}/thread?page=/page`, '/embed.js', '/demo/', '/api/v1/openapi.json']) {
      const { etag = '' } = (await link.ask({ method: 'GET', path })).headers
      const answer = await link.ask({ method: 'GET', path, headers: { 'if-none-match': etag } })
      expect([path, answer.status, answer.headers.etag]).toEqual([path, 304, etag])
      expect(answer.headers).not.toHaveProperty('content-length')
      await expectUsable()
    }
  })

  test('a redirect', async () => {
    link = await keepAlive(service.port)
    expect(await link.ask({ method: 'GET', path: '/demo' })).toMatchObject({
      status: 302,
      headers: { 'content-length': '0' },
    })
    await expectUsable()
  })
})

describe('a refused upload', () => {
  test('that is too large is read before the answer, which ends the connection', async () => {
    link = await keepAlive(service.port)
    let hasEnded = false
    void link.ended.then(() => {
      hasEnded = true
    })
    const half = 'x'.repeat(MAX_BODY_BYTES + 1)
    const head = [`POST ${base}/preview HTTP/1.1`, 'host: a', 'content-type: application/json']
    link.write(`${[...head, `content-length: ${2 * half.length}`].join('\r\n')}\r\n\r\n${half}`)
    // By the time the node has answered these, it has read the first half.
    for (let i = 0; i < 5; i += 1) expect((await fetch(`${service.url}/healthz`)).status).toBe(200)
    expect(hasEnded).toBe(false)
    link.write(half)
    expect(await link.receive('POST')).toMatchObject({ status: 413, headers: { connection: 'close' } })
    await link.ended
  })

  test('that is endless is refused while it arrives', async () => {
    link = await keepAlive(service.port)
    const head = [`POST ${base}/preview HTTP/1.1`, 'host: a', 'content-type: application/json']
    link.write(`${[...head, 'content-length: 999999999999'].join('\r\n')}\r\n\r\n${'x'.repeat(1024 * 1024 + 1)}`)
    expect(await link.receive('POST')).toMatchObject({ status: 413, headers: { connection: 'close' } })
    await link.ended
  })

  test.each([
    ['404', `/nothing-here`, 'application/json'],
    ['405', '/thread', 'application/json'],
    ['415', '/preview', 'image/png'],
  ])('that is answered %s before it has arrived is not taken as the next request', async (status, path, type) => {
    link = await keepAlive(service.port)
    const rest = 'DELETE /healthz HTTP/1.1\r\nhost: a\r\n\r\n'
    const head = [`POST ${base}${path} HTTP/1.1`, 'host: a', `content-type: ${type}`]
    link.write(`${[...head, `content-length: ${rest.length + 5}`].join('\r\n')}\r\n\r\nstart`)
    expect((await link.receive('POST')).status).toBe(Number(status))
    link.write(rest)
    await expectUsable()
  })
})

describe('a WebSocket that is refused', () => {
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }

  test.each([
    ['for its subprotocol', { ...upgrade, 'sec-websocket-protocol': 'other' }],
    ['for a header given twice', { ...upgrade, 'sec-websocket-protocol': SUBPROTOCOL, origin: [ORIGIN, ORIGIN] }],
  ])('%s leaves its connection usable', async (_name, headers) => {
    link = await keepAlive(service.port)
    const answer = await link.ask({ method: 'GET', path: '/api/v1/realtime', headers })
    expect(answer.status).toBe(400)
    await expectUsable()
  })

  test('by HEAD, which cannot upgrade, leaves its connection usable', async () => {
    link = await keepAlive(service.port)
    const headers = { ...upgrade, 'sec-websocket-protocol': SUBPROTOCOL }
    expect((await link.ask({ method: 'HEAD', path: '/api/v1/realtime', headers })).status).toBe(404)
    await expectUsable()
  })
})

test('a closing node sends Connection: close with its last answer, with a body or without', async () => {
  const leaving = await startService()
  const site = await registerSite(leaving)
  const ask = async (method: string, path: string, headers: Record<string, string> = {}) => ({
    link: await keepAlive(leaving.port),
    request: { method, path, headers },
  })
  const { etag = '' } = (await (await keepAlive(leaving.port)).ask({ method: 'GET', path: '/embed.js' })).headers
  const idle = [
    [200, await ask('GET', '/healthz')],
    [200, await ask('HEAD', '/healthz')],
    [204, await ask('OPTIONS', `/api/v1/sites/${site}/thread`, { origin: ORIGIN })],
    [304, await ask('GET', '/embed.js', { 'if-none-match': etag })],
    [304, await ask('HEAD', '/embed.js', { 'if-none-match': etag })],
  ] as const
  // An upload in progress keeps the node open until all requests are sent.
  const upload = await keepAlive(leaving.port)
  const head = [`POST /api/v1/sites/${site}/preview HTTP/1.1`, 'host: a', 'content-type: application/json']
  upload.write(`${[...head, 'content-length: 12'].join('\r\n')}\r\n\r\n{"body"`)
  const socket = await connect(leaving.api, { origin: ORIGIN })
  const stopped = leaving.dispose()
  // Sent once the node is closing.
  await eventually(() => expect(socket.frames).toContainEqual(expect.objectContaining({ type: 'reconnect' })))
  for (const [status, { link, request }] of idle) {
    const answer = await link.ask(request)
    expect([request, answer.status, answer.headers.connection]).toEqual([request, status, 'close'])
  }
  upload.write(':"x"}')
  expect(await upload.receive('POST')).toMatchObject({ status: 200, headers: { connection: 'close' } })
  await stopped
})
