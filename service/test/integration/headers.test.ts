import net from 'node:net'
import { newId, SUBPROTOCOL } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { openThread, post, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call, connect } from '../../testing/wire-client.ts'

const ORIGIN = 'https://blog.example'
let service: RunningService
let site: string

beforeAll(async () => {
  service = await startService({ TRUSTED_PROXIES: '127.0.0.1' })
  site = await registerSite(service)
})
afterAll(() => service?.dispose())

/** Send the lines unchanged and read until the server closes the connection. */
const raw = (lines: readonly string[], body = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(service.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += data.toString('latin1')
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    // uWebSockets.js answers what it has received before it sees the end of the connection.
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
    socket.once('data', () => socket.end())
  })

const statusOf = (answer: string): string => answer.split('\r\n', 1)[0] ?? ''

const upgrade = [
  'GET /api/v1/realtime HTTP/1.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
]

describe.each([
  ['host', ['Host: a', 'Host: b']],
  ['origin', ['Host: a', `Origin: ${ORIGIN}`, 'Origin: https://evil.test']],
  ['origin', ['Host: a', 'Origin: https://evil.test', `Origin: ${ORIGIN}`]],
  ['authorization', ['Host: a', 'Authorization: Bearer a', 'Authorization: Bearer b']],
])('a request with two headers %s', (_name, headers) => {
  test('is refused over HTTP', async () => {
    const answer = await raw([`GET /api/v1/sites/${site}/thread?page=/twice HTTP/1.1`, ...headers])
    expect(statusOf(answer)).toMatch(/^HTTP\/1\.1 400 /)
  })

  test('is refused as a WebSocket', async () => {
    expect(statusOf(await raw([...upgrade, ...headers]))).toMatch(/^HTTP\/1\.1 400 /)
  })
})

test('a body with two lengths is refused, so that no request can be smuggled after it', async () => {
  const start = [`POST /api/v1/sites/${site}/preview HTTP/1.1`, 'Host: a', 'Content-Type: application/json']
  const smuggled = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'
  for (const lengths of [
    ['Content-Length: 5', `Content-Length: ${smuggled.length + 5}`],
    ['Content-Length: 5', 'Transfer-Encoding: chunked'],
  ]) {
    const answer = await raw([...start, ...lengths], `0\r\n\r\n${smuggled}`)
    expect(answer).not.toContain('200 OK')
  }
})

test('an address that a client forges in a separate X-Forwarded-For line gives it no rate limit of its own', async () => {
  const slow = await registerSite(service, { settings: { commentsPerMinute: 1 } })
  const { thread } = await openThread(service, slow)
  const proxyLine = '203.0.113.9'
  const become = async (i: number): Promise<string> => {
    const headers = { 'x-forwarded-for': `198.51.100.${i}` }
    const url = `${service.api}/sites/${slow}/readers/guest`
    return (await call<{ token: string }>('POST', url, { body: { name: `Reader ${i}` }, headers })).body.token
  }
  const outcomes: string[] = []
  // Ten readers of one network may each write once a minute. The eleventh exceeds the network's limit.
  for (let i = 1; i <= 11; i += 1) {
    const token = await become(i)
    const socket = new WebSocket(`${service.api.replace('http', 'ws')}/realtime`, SUBPROTOCOL, {
      headers: { origin: ORIGIN, 'x-forwarded-for': [`198.51.100.${i}`, proxyLine] as unknown as string },
    })
    await new Promise((resolve) => socket.once('open', resolve))
    const answer = new Promise<string>((resolve) => {
      socket.on('message', (data) => {
        const { ref, type, error } = JSON.parse(String(data))
        if (ref === 2) resolve(error?.code ?? type)
      })
    })
    socket.send(JSON.stringify({ type: 'hello', ref: 1, site: slow, version: 1, token }))
    socket.send(JSON.stringify({ type: 'comment.create', ref: 2, thread: thread.id, key: newId(), body: `text ${i}` }))
    outcomes.push(await answer)
    socket.terminate()
  }
  expect(outcomes).toEqual([...Array(10).fill('ok'), 'rate_limited'])
})

test('WebSocket compression is not negotiated, so no frame can expand', async () => {
  const answer = await new Promise<string>((resolve) => {
    const socket = net.connect(service.port, '127.0.0.1')
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.toString('latin1'))
    })
    const lines = [...upgrade, 'Host: a', `Origin: ${ORIGIN}`, 'Sec-WebSocket-Extensions: permessage-deflate']
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  })
  expect(statusOf(answer)).toMatch(/^HTTP\/1\.1 101 /)
  expect(answer.toLowerCase()).not.toContain('sec-websocket-extensions')
})

test('a message in many fragments has the same size limit, and only its connection is closed', async () => {
  const url = `${service.api.replace('http', 'ws')}/realtime`
  const socket = new WebSocket(url, SUBPROTOCOL, { origin: ORIGIN })
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => undefined)
  await new Promise((resolve) => socket.once('open', resolve))
  const bystander = await connect(service.api, { origin: ORIGIN })
  for (let i = 0; i < 70; i += 1) socket.send('x'.repeat(1_024), { fin: false })
  expect([1006, 1009]).toContain(await closed)
  expect(await bystander.ask({ type: 'hello', site, version: 1 })).toMatchObject({ type: 'welcome' })
  bystander.close()
})

test('deeply nested JSON is refused like any other invalid input, over both transports', async () => {
  const deep = '['.repeat(30_000) + ']'.repeat(30_000)
  const url = `${service.api}/sites/${site}/preview`
  const http = await call('POST', url, { rawBody: `{"body":${deep}}` })
  expect([http.status, http.body]).toMatchObject([400, { error: { code: 'invalid_request' } }])
  const unclosed = await call('POST', url, { rawBody: '{"a":'.repeat(12_000) })
  expect([unclosed.status, unclosed.body]).toMatchObject([400, { error: { code: 'malformed_json' } }])
  const client = await connect(service.api, { origin: ORIGIN })
  expect(await client.raw(`{"type":"hello","ref":1,"site":${deep}}`)).toMatchObject({
    type: 'error',
    ref: 1,
    error: { code: 'invalid_request' },
  })
  client.close()
})

test('arbitrary close codes of clients do not add metric labels', async () => {
  for (const code of [1000, 4321, 4322, 4998, 4999]) {
    const client = new WebSocket(`${service.api.replace('http', 'ws')}/realtime`, SUBPROTOCOL, { origin: ORIGIN })
    await new Promise((resolve) => client.once('open', resolve))
    client.close(code)
    await new Promise((resolve) => client.once('close', resolve))
  }
  const codes = async (): Promise<Record<string, number>> => {
    const text = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
    const found = text.matchAll(/^repartee_socket_closes_total\{code="(\w+)"\} (\d+)/gm)
    return Object.fromEntries(Array.from(found, ([, code, count]) => [code, Number(count)]))
  }
  await vi.waitFor(async () => expect((await codes()).other).toBe(4), { timeout: 10_000 })
  expect(Object.keys(await codes()).filter((code) => /^4[39]/.test(code))).toEqual([])
})

describe('a long-poll', () => {
  test('is answered with the next change, also for a thread id in upper case', async () => {
    const { thread } = await openThread(service, site)
    const become = await call<{ token: string }>('POST', `${service.api}/sites/${site}/readers/guest`, {
      body: { name: 'Ann' },
    })
    const url = `${service.api}/sites/${site}/threads/${thread.id.toUpperCase()}/changes?since=0&wait=25`
    const startedAt = performance.now()
    const waiting = call('GET', url)
    const polls = async (): Promise<string> =>
      await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
    await vi.waitFor(async () => expect(await polls()).toMatch(/^repartee_long_polls 1$/m), { timeout: 10_000 })
    await post(service, { site, thread: thread.id, token: become.body.token })
    expect((await waiting).body).toMatchObject({ to: 1 })
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })

  test('for an unknown thread does not subscribe the node to it', async () => {
    const active = async (): Promise<number> => {
      const text = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
      return Number(/^repartee_active_threads (\d+)/m.exec(text)?.[1] ?? 0)
    }
    const before = await active()
    for (const thread of [newId(), newId(), 'nonsense', '..%2f..', '%00'])
      expect((await call('GET', `${service.api}/sites/${site}/threads/${thread}/changes?since=0&wait=5`)).status).toBe(
        /^[0-9a-f-]{36}$/.test(thread) ? 404 : 400,
      )
    expect(await active()).toBeLessThanOrEqual(before)
  })
})
