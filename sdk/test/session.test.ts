import { expect, test, vi } from 'vitest'
import { newId } from '../src/index.ts'
import { eventually, mapStorage, openClient, openServer } from './client-harness.ts'
import { refuse } from './scripted-server.ts'
import { READER, THREAD } from './thread-model.ts'

const paths = (server: Awaited<ReturnType<typeof openServer>>) => server.requests.map(({ path }) => path)
const refreshes = (server: Awaited<ReturnType<typeof openServer>>) =>
  paths(server).filter((path) => path === '/readers/refresh')

test('an expired token is renewed once for all requests that met it, and they succeed', async () => {
  const server = await openServer()
  const client = openClient(server)
  await client.signInAsGuest('Ada')
  server.token = 'the old one has expired'
  const results = await Promise.all(
    Array.from({ length: 8 }, (_, i) => client.createComment({ thread: THREAD, key: newId(), body: `${i}` })),
  )
  expect(results.every(({ created }) => created)).toBe(true)
  expect(refreshes(server)).toHaveLength(1)
  expect(server.thread.head).toBe(8)
})

test('a token that is refused again ends in an error instead of a loop', async () => {
  const server = await openServer()
  const client = openClient(server)
  await client.signInAsGuest('Ada')
  server.http = ({ path }) => (path.endsWith('/comments') ? refuse(401, 'token_expired') : undefined)
  await expect(client.createComment({ thread: THREAD, key: newId(), body: 'x' })).rejects.toMatchObject({
    code: 'token_expired',
  })
  expect(refreshes(server)).toHaveLength(1)
})

test('the stored credential restores the reader, and is replaced when it is used', async () => {
  const server = await openServer()
  const storage = mapStorage()
  await openClient(server, { storage }).signInAsGuest('Ada')
  const before = [...storage.values.values()]

  const client = openClient(server, { storage })
  const seen = vi.fn()
  client.onReaderChange(seen)
  expect(client.reader).toBeNull()
  expect(await client.restoreSession()).toEqual(READER)
  expect(client.reader).toEqual(READER)
  expect(seen).toHaveBeenCalledExactlyOnceWith(READER)
  expect([...storage.values.values()]).toEqual([server.credential])
  expect([...storage.values.values()]).not.toEqual(before)
})

test('each service and site has a credential of its own', async () => {
  const server = await openServer()
  const storage = mapStorage()
  await openClient(server, { storage }).signInAsGuest('Ada')
  expect([...storage.values.keys()]).toEqual([`repartee:${server.baseUrl}:demo`])
  expect(await openClient(server, { storage, site: 'other' }).restoreSession()).toBeNull()
})

test('without a credential nothing is requested, and an invalid one is removed', async () => {
  const server = await openServer()
  const storage = mapStorage()
  expect(await openClient(server, { storage }).restoreSession()).toBeNull()
  expect(server.requests).toHaveLength(0)
  storage.set(`repartee:${server.baseUrl}:demo`, 'dead')
  expect(await openClient(server, { storage }).restoreSession()).toBeNull()
  expect(storage.values.size).toBe(0)
})

test('an outage of the service does not end the session', async () => {
  const server = await openServer()
  const storage = mapStorage()
  await openClient(server, { storage }).signInAsGuest('Ada')
  const client = openClient(server, { storage })
  server.http = () => refuse(503, 'unavailable', 60_000)
  await expect(client.restoreSession()).rejects.toMatchObject({ code: 'unavailable' })
  server.http = () => undefined
  expect(await client.restoreSession()).toEqual(READER)
})

test('a credential that another tab has replaced is read again', async () => {
  const server = await openServer()
  const storage = mapStorage()
  const key = `repartee:${server.baseUrl}:demo`
  storage.set(key, 'used by the other tab')
  server.http = ({ path, body }) => {
    if (path !== '/readers/refresh' || (body as { refresh: string }).refresh !== 'used by the other tab')
      return undefined
    server.credential = 'written by the other tab'
    storage.set(key, server.credential)
    return refuse(401, 'credential_invalid')
  }
  expect(await openClient(server, { storage }).restoreSession()).toEqual(READER)
  expect(refreshes(server)).toHaveLength(2)
})

test('tabs that share a storage take turns where the browser has locks', async () => {
  const server = await openServer()
  const storage = mapStorage()
  await openClient(server, { storage }).signInAsGuest('Ada')
  let last: Promise<unknown> = Promise.resolve()
  const request = vi.fn((_name: string, work: () => Promise<unknown>) => {
    const done = last.then(work, work)
    last = done.catch(() => {})
    return done
  })
  vi.stubGlobal('navigator', { locks: { request } })
  try {
    const readers = await Promise.all(Array.from({ length: 5 }, () => openClient(server, { storage }).restoreSession()))
    expect(readers).toEqual(Array.from({ length: 5 }, () => READER))
    expect(request).toHaveBeenCalledTimes(5)
    expect(request.mock.calls[0]?.[0]).toBe(`repartee:${server.baseUrl}:demo`)
  } finally {
    vi.unstubAllGlobals()
  }
})

test('signing in works where the browser has locks but forbids them', async () => {
  const server = await openServer()
  const request = () => Promise.reject(new DOMException('opaque origin', 'SecurityError'))
  vi.stubGlobal('navigator', { locks: { request } })
  try {
    const client = openClient(server)
    expect(await client.signInAsGuest('Ada')).toEqual(READER)
    await client.signOut()
    expect(client.reader).toBeNull()
  } finally {
    vi.unstubAllGlobals()
  }
})

test('signing out forgets the reader here and ends the session at the service', async () => {
  const server = await openServer()
  const storage = mapStorage()
  const client = openClient(server, { storage })
  await client.signInAsGuest('Ada')
  const seen = vi.fn()
  client.onReaderChange(seen)
  await client.signOut()
  expect(client.reader).toBeNull()
  expect(seen).toHaveBeenCalledExactlyOnceWith(null)
  expect(storage.values.size).toBe(0)
  expect(server.credential).toBeNull()
  await expect(client.createComment({ thread: THREAD, key: newId(), body: 'x' })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
})

test('signing out works while the service is away', async () => {
  const server = await openServer()
  const storage = mapStorage()
  const client = openClient(server, { storage })
  await client.signInAsGuest('Ada')
  server.http = () => 'drop'
  await client.signOut()
  expect(client.reader).toBeNull()
  expect(storage.values.size).toBe(0)
})

test('a renewal in progress does not sign the reader in again after they sign out', async () => {
  const server = await openServer()
  const storage = mapStorage()
  await openClient(server, { storage }).signInAsGuest('Ada')
  const client = openClient(server, { storage })
  await Promise.all([client.restoreSession(), client.signOut()])
  expect(client.reader).toBeNull()
  expect(storage.values.size).toBe(0)
})

test('the reader has the name with which their last comment was stored', async () => {
  const server = await openServer()
  const client = openClient(server)
  await client.signInAsGuest('Ada')
  server.http = ({ path }) =>
    path.endsWith('/comments')
      ? { status: 201, body: { created: true, comment: { author: { ...READER, name: 'Countess' } } } }
      : undefined
  const input = { thread: THREAD, key: newId(), body: 'x', author: { name: 'Countess' } }
  await client.createComment(input)
  expect(client.reader?.name).toBe('Countess')
})

test('while the session cannot be renewed, a saved copy of a page is read without it, and nothing else is', async () => {
  const server = await openServer()
  const storage = mapStorage()
  await openClient(server, { storage }).signInAsGuest('Ada')
  const client = openClient(server, { storage })
  let stale: boolean | undefined = true
  server.http = ({ path, token }) => {
    if (path === '/readers/refresh') return refuse(503, 'unavailable')
    return path === '/thread' && token === undefined ? { status: 200, body: { comments: [], stale } } : undefined
  }
  expect(await client.getSnapshot({ page: '/a' })).toEqual({ comments: [], stale: true })
  expect(refreshes(server)).toHaveLength(1)

  // A page that is not stale would have the reader's own part, and so it is not accepted without the session.
  stale = undefined
  const abort = new AbortController()
  const asked = client.getSnapshot({ page: '/a', signal: abort.signal })
  await eventually(() => expect(refreshes(server).length).toBeGreaterThan(2))
  abort.abort(new Error('seen enough'))
  await expect(asked).rejects.toThrow('seen enough')
})
