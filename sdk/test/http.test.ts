import { expect, test, vi } from 'vitest'
import { newId, ReparteeError } from '../src/index.ts'
import { eventually, openClient, openServer } from './client-harness.ts'
import { refuse } from './scripted-server.ts'
import { THREAD } from './thread-model.ts'

const creates = (server: Awaited<ReturnType<typeof openServer>>) =>
  server.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/comments'))

test('a create is retried with the same key until the service accepts it', async () => {
  const server = await openServer()
  const client = openClient(server)
  await client.signInAsGuest('Ada')
  const script = [refuse(503, 'unavailable', 10), 'drop', refuse(429, 'rate_limited', 10)] as const
  let tries = 0
  server.http = ({ path }) => (path.endsWith('/comments') ? script[tries++] : undefined)

  const key = newId()
  const result = await client.createComment({ thread: THREAD, key, body: 'hello' })

  expect(result.created).toBe(true)
  expect(creates(server)).toHaveLength(4)
  for (const { body } of creates(server)) expect(body).toEqual({ key, body: 'hello' })
  expect(server.thread.head).toBe(1)
})

test('a create whose answer was lost is stored once', async () => {
  const server = await openServer()
  const client = openClient(server)
  await client.signInAsGuest('Ada')
  let lost = false
  server.http = async (request) => {
    if (lost || !request.path.endsWith('/comments')) return undefined
    lost = true
    const { key, body } = request.body as { key: string; body: string }
    // Stored before the connection is cut, so that the retry finds the comment.
    await fetch(`${server.baseUrl}/api/v1/sites/demo${request.path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${request.token}` },
      body: JSON.stringify({ key, body }),
    })
    return 'drop'
  }
  const result = await client.createComment({ thread: THREAD, key: newId(), body: 'hello' })
  expect(server.thread.head).toBe(1)
  expect(result.comment.html).toBe('<p>hello</p>')
})

test('a refusal that is not retryable is not retried', async () => {
  const server = await openServer()
  const client = openClient(server)
  await client.signInAsGuest('Ada')
  server.http = ({ path }) => (path.endsWith('/comments') ? refuse(422, 'body_blank') : undefined)
  const error = await client.createComment({ thread: THREAD, key: newId(), body: ' ' }).catch((reason) => reason)
  expect(error).toBeInstanceOf(ReparteeError)
  expect(error).toMatchObject({ code: 'body_blank', retryable: false, status: 422 })
  expect(creates(server)).toHaveLength(1)
})

test('a create gives up with the last error when its time is up', async () => {
  const server = await openServer()
  let nowMs = 0
  const client = openClient(server, { now: () => nowMs })
  await client.signInAsGuest('Ada')
  server.http = ({ path }) => {
    if (!path.endsWith('/comments')) return undefined
    nowMs += 4_000
    return refuse(503, 'unavailable')
  }
  await expect(client.createComment({ thread: THREAD, key: newId(), body: 'x' })).rejects.toMatchObject({
    code: 'unavailable',
  })
  expect(creates(server)).toHaveLength(4)
})

test('a wait longer than the remaining time is not started', async () => {
  const server = await openServer()
  const client = openClient(server)
  server.http = () => refuse(429, 'rate_limited', 60_000)
  await expect(client.renderPreview('x')).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 })
  expect(server.requests).toHaveLength(1)
})

test('while the service is down every call rejects with unavailable', async () => {
  const server = await openServer()
  await server.close()
  const client = openClient(server, {
    now: vi
      .fn(() => 0)
      .mockReturnValueOnce(0)
      .mockReturnValue(20_000),
  })
  await expect(client.getSnapshot({ page: '/' })).rejects.toMatchObject({ name: 'ReparteeError', code: 'unavailable' })
})

test('a response without a known code gets the code nearest to its status', async () => {
  const server = await openServer()
  const client = openClient(server)
  server.http = () => ({ status: 404, body: { error: { code: 'a_code_of_tomorrow', message: 'x' } } })
  await expect(client.renderPreview('x')).rejects.toMatchObject({ code: 'invalid_request' })
  server.http = () => ({ status: 500 })
  await expect(client.renderPreview('x')).rejects.toMatchObject({ code: 'internal' })
  server.http = () => ({ status: 429, headers: { 'retry-after': '30' } })
  await expect(client.renderPreview('x')).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 30_000 })
})

test('an abort rejects at once with its own reason, in flight and between attempts', async () => {
  const server = await openServer()
  const client = openClient(server)
  const reason = new Error('gone')

  server.http = () => 'hang'
  const inFlight = new AbortController()
  const first = client.getSnapshot({ page: '/', signal: inFlight.signal })
  await eventually(() => expect(server.requests).toHaveLength(1))
  inFlight.abort(reason)
  await expect(first).rejects.toBe(reason)

  server.http = () => refuse(503, 'unavailable', 10_000)
  const between = new AbortController()
  const second = client.getSnapshot({ page: '/', signal: between.signal })
  await eventually(() => expect(server.requests).toHaveLength(2))
  between.abort(reason)
  await expect(second).rejects.toBe(reason)
})

test('counts of many pages are fetched in several requests and returned as one', async () => {
  const server = await openServer()
  const client = openClient(server)
  const pages = Array.from({ length: 95 }, (_, i) => `/post/${i}`)
  expect(await client.getCounts(pages)).toEqual(Object.fromEntries(pages.map((page) => [page, page.length])))
  expect(server.requests).toHaveLength(3)
  expect(await client.getCounts([])).toEqual({})
})

test('keys, cursors and titles reach the service unchanged', async () => {
  const server = await openServer()
  const client = openClient(server)
  server.http = () => ({ status: 200, body: {} })
  await client.getSnapshot({
    page: '/a b?c=ü&d',
    sort: 'top',
    limit: 5,
    cursor: '1.2-z',
    url: 'https://x.test/#a',
    title: 'T&T',
  })
  expect(Object.fromEntries(server.requests[0]?.query ?? [])).toEqual({
    page: '/a b?c=ü&d',
    sort: 'top',
    limit: '5',
    cursor: '1.2-z',
    url: 'https://x.test/#a',
    title: 'T&T',
  })
})

test('each command has its route', async () => {
  const server = await openServer()
  const client = openClient(server)
  server.http = () => ({ status: 200, body: {} })
  const at = { thread: THREAD, comment: 'c1' }
  await client.editComment({ ...at, body: 'new' })
  await client.deleteComment(at)
  await client.addReaction({ ...at, kind: 'like' })
  await client.removeReaction({ ...at, kind: 'like' })
  await client.getReplies({ ...at, cursor: '5' })
  await client.getComment(at)
  const base = `/threads/${THREAD}/comments/c1`
  expect(server.requests.map(({ method, path, query, body }) => [method, path, `${query}`, body])).toEqual([
    ['PATCH', base, '', { body: 'new' }],
    ['DELETE', base, '', undefined],
    ['PUT', `${base}/reactions/like`, '', undefined],
    ['DELETE', `${base}/reactions/like`, '', undefined],
    ['GET', `${base}/replies`, 'cursor=5', undefined],
    ['GET', base, '', undefined],
  ])
})
