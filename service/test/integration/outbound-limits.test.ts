import type { Socket } from 'node:net'
import { brotliCompressSync, constants, gzipSync, type InputType } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { eventually } from '../../testing/eventually.ts'
import { type OddServer, startOddServer, whole } from './odd-server.ts'
import { openOutbound } from './outbound-setup.ts'

const servers: OddServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
const serve = async (answer: Parameters<typeof startOddServer>[0]) => {
  const server = await startOddServer(answer)
  servers.push(server)
  return { ...server, url: `http://127.0.0.1:${server.port}/` }
}
/** Write again and again until the other side is gone. */
const endlessly = (socket: Socket, chunk: string | Buffer, everyMs = 5): void => {
  const timer = setInterval(() => socket.write(chunk), everyMs)
  socket.on('close', () => clearInterval(timer))
}
/** No failed request may leave its connection open. */
const expectClosed = (server: OddServer) => eventually(() => expect(server.open()).toBe(0))

const { outcome, get, counted } = openOutbound()
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n'

test('the request says who asks, and carries nothing else', async () => {
  const server = await serve((socket) =>
    socket.end(whole('x', { headers: ['Set-Cookie: a=b', 'Content-Type: text/html'] })),
  )
  await get(`${server.url}page?q=1#hash`)
  await get(`${server.url}page?q=1#hash`)
  const [host] = [`127.0.0.1:${server.port}`]
  const lines = server.requests.map((head) =>
    head
      .trimEnd()
      .split('\r\n')
      .map((line) => line.toLowerCase())
      .sort(),
  )
  const expected = [
    'accept-encoding: gzip, br',
    'accept: text/html',
    'connection: close',
    'get /page?q=1 http/1.1',
    `host: ${host}`,
    'user-agent: repartee/1.2.3 (+https://comments.example)',
  ]
  expect(lines).toEqual([expected, expected])
  await expectClosed(server)
})

test('headers of one name are kept apart, with names in lower case', async () => {
  const headers = ['Content-Security-Policy: a', 'content-security-policy: b', 'X-One: 1']
  const server = await serve((socket) => socket.end(whole('x', { headers })))
  const answer = await get(server.url)
  expect(answer.headers).toMatchObject({ 'content-security-policy': ['a', 'b'], 'x-one': ['1'] })
})

test.each([
  ['no scheme', 'example.com', 'invalid_url'],
  ['a user name', 'http://user@example.com/', 'invalid_url'],
  ['a password', 'https://user:pw@example.com/', 'invalid_url'],
  ['5,000 characters', `http://example.com/${'a'.repeat(5_000)}`, 'invalid_url'],
  ['ftp', 'ftp://example.com/', 'not_http'],
  ['data', 'data:text/html,x', 'not_http'],
  ['javascript', 'javascript:alert(1)', 'not_http'],
  ['the port of SMTP', 'http://example.com:25/', 'port_refused'],
  ['the port of Redis over a name', 'https://example.com:6667/', 'port_refused'],
])('a URL with %s is refused without a look at its host', async (_, url, code) => {
  expect(await outcome(url)).toBe(code)
})

test('headers that do not come, or come byte by byte, end after the time for headers', async () => {
  const silent = await serve(() => undefined)
  const slow = await serve((socket) => {
    socket.write(HEAD)
    endlessly(socket, 'a')
  })
  for (const server of [silent, slow]) {
    expect(await outcome(server.url, { headersMs: 300 })).toBe('timed_out')
    await expectClosed(server)
  }
})

test('a body that trickles ends after the time for everything', async () => {
  const server = await serve((socket) => {
    socket.write(`${HEAD}\r\n`)
    endlessly(socket, 'a', 20)
  })
  const startedAt = performance.now()
  expect(await outcome(server.url, { timeoutMs: 400 })).toBe('timed_out')
  expect(performance.now() - startedAt).toBeLessThan(3_000)
  await expectClosed(server)
})

test('the time for everything includes redirects', async () => {
  const server = await serve((socket) => {
    setTimeout(() => socket.end(whole('', { status: '302 Found', headers: ['Location: /again'] })), 100)
  })
  expect(await outcome(server.url, { timeoutMs: 350, redirects: 100 })).toBe('timed_out')
})

test('a body without an end is stopped at the limit', async () => {
  const server = await serve((socket) => {
    socket.write(`${HEAD}\r\n`)
    endlessly(socket, Buffer.alloc(64_000, 'a'))
  })
  expect(await outcome(server.url)).toBe('too_large')
  await expectClosed(server)
})

test('a body of exactly the limit is accepted, one byte more is not', async () => {
  const server = await serve((socket, head) => socket.end(whole('a'.repeat(head.includes('/more') ? 1_001 : 1_000))))
  expect((await get(server.url, { maxBytes: 1_000 })).body).toHaveLength(1_000)
  expect(await outcome(`${server.url}more`, { maxBytes: 1_000 })).toBe('too_large')
})

test.each<[string, (body: InputType) => Buffer]>([
  ['gzip', (body) => gzipSync(body)],
  ['x-gzip', (body) => gzipSync(body)],
  ['br', (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
])('%s is decoded, and a small body that decodes to a huge one is stopped at the limit', async (coding, encode) => {
  const bomb = encode(Buffer.alloc(20_000_000))
  const server = await serve((socket, head) =>
    socket.end(
      whole(head.includes('/bomb') ? bomb : encode('đọc'), { headers: [`Content-Encoding: ${coding.toUpperCase()}`] }),
    ),
  )
  expect(Buffer.from((await get(server.url)).body).toString()).toBe('đọc')
  expect(bomb.length).toBeLessThan(100_000)
  expect(await outcome(`${server.url}bomb`)).toBe('too_large')
  await expectClosed(server)
})

test('a compressed body that is longer than the limit itself is stopped', async () => {
  // Empty members decode to nothing.
  const member = gzipSync('')
  const server = await serve((socket) => {
    socket.write(`${HEAD}Content-Encoding: gzip\r\n\r\n`)
    endlessly(socket, Buffer.concat(Array.from({ length: 1_000 }, () => member)))
  })
  expect(await outcome(server.url)).toBe('too_large')
  await expectClosed(server)
})

test.each([
  ['a coding that was not asked for', whole('x', { headers: ['Content-Encoding: deflate'] })],
  ['two codings', whole(gzipSync(gzipSync('x')), { headers: ['Content-Encoding: gzip, gzip'] })],
  ['what is not gzip', whole('not gzip', { headers: ['Content-Encoding: gzip'] })],
  ['half of a gzip', whole(gzipSync('x'.repeat(100)).subarray(0, 20), { headers: ['Content-Encoding: gzip'] })],
  ['what is not HTTP', Buffer.from('220 mail.example ESMTP\r\n')],
  ['two lengths', Buffer.from(`${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`)],
])('an answer with %s is refused', async (_, bytes) => {
  const server = await serve((socket) => socket.end(bytes))
  expect(await outcome(server.url)).toBe('bad_response')
  await expectClosed(server)
})

test('a flood of headers is stopped, one large or many small ones, also after the body', async () => {
  const one = await serve((socket) => socket.write(`${HEAD}X: ${'a'.repeat(100_000)}`))
  const many = await serve((socket) => {
    socket.write(HEAD)
    endlessly(socket, 'X-A: b\r\n'.repeat(1_000))
  })
  for (const server of [one, many]) {
    expect(await outcome(server.url)).toBe('headers_too_large')
    await expectClosed(server)
  }
  const trailing = await serve((socket) => {
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n`)
    endlessly(socket, 'X-A: b\r\n'.repeat(1_000))
  })
  expect(await outcome(trailing.url, { timeoutMs: 5_000 })).toBe('headers_too_large')
})

test('long headers of an honest server are accepted', async () => {
  const policy = `script-src ${'https://cdn.example '.repeat(1_500)}`
  const server = await serve((socket) => socket.end(whole('x', { headers: [`Content-Security-Policy: ${policy}`] })))
  const [line = ''] = (await get(server.url)).headers['content-security-policy'] ?? []
  expect(line.trim()).toHaveLength(policy.trim().length)
})

test('interim answers without an end are stopped by the time for everything', async () => {
  const server = await serve((socket) => endlessly(socket, 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'))
  expect(await outcome(server.url, { timeoutMs: 500 })).toBe('timed_out')
  await expectClosed(server)
})

test('a server that refuses or cuts the connection is a failed connection', async () => {
  const cutting = await serve((socket) => socket.destroy())
  const halfway = await serve((socket) => {
    socket.write(`${HEAD}Content-Length: 10\r\n\r\nabc`, () => socket.destroy())
  })
  expect(await outcome(cutting.url)).toBe('connection_failed')
  expect(await outcome(halfway.url)).toBe('connection_failed')
  await cutting.close()
  expect(await outcome(cutting.url)).toBe('connection_failed')
})

test('a node makes sixteen requests at a time, and the others wait for their turn within their time', async () => {
  const waiting: Socket[] = []
  const server = await serve((socket) => void waiting.push(socket))
  const answers = Array.from({ length: 20 }, () => outcome(server.url))
  await eventually(() => expect(waiting).toHaveLength(16))
  expect(await outcome(server.url, { timeoutMs: 100 })).toBe('busy')
  for (const socket of waiting.splice(0)) socket.end(whole('x'))
  await eventually(() => expect(waiting).toHaveLength(4))
  for (const socket of waiting) socket.end(whole('x'))
  expect(await Promise.all(answers)).toEqual(Array(20).fill(200))
})

test('closing ends what is in progress', async () => {
  const server = await serve(() => undefined)
  const closing = openOutbound()
  const answer = closing.outcome(server.url)
  await eventually(() => expect(server.requests).toHaveLength(1))
  closing.outbound.close()
  expect(await answer).toBe('busy')
  expect(await closing.outcome(server.url)).toBe('busy')
  await expectClosed(server)
})

test('every request is counted by what it was for and how it ended', async () => {
  const server = await serve((socket) => socket.end(whole('x', { status: '404 Not Found' })))
  counted.splice(0)
  expect(await outcome(server.url)).toBe(404)
  await outcome('ftp://example.com/')
  await outcome('http://127.0.0.2/')
  expect(counted).toEqual([
    'outbound_requests installation ok',
    'outbound_requests installation not_http',
    'outbound_requests installation address_refused',
  ])
})
