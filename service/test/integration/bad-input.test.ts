import { type ErrorCode, errorTable, newId, type ReaderSession } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningService, startService } from '../harness.ts'
import { guest, openThread, operate, post, registerSite } from '../people.ts'
import { call, connect, type WireClient } from '../wire-client.ts'

const ORIGIN = 'https://blog.example'
const none = newId()

let service: RunningService
let site: string
let page: string
let thread: string
let reader: ReaderSession
let other: ReaderSession
let approved: string
let foreign: { site: string; thread: string; comment: string; token: string }
let deleted: string
let pending: { site: string; thread: string; comment: string; token: string }
let closed: string
let link: WireClient

const hello = async (key: string, token: string | undefined): Promise<WireClient> => {
  const client = await connect(service.api, { origin: ORIGIN })
  await client.ask({ type: 'hello', site: key, version: 1, ...(token !== undefined && { token }) })
  return client
}

beforeAll(async () => {
  service = await startService()
  site = await registerSite(service)
  const opened = await openThread(service, site)
  thread = opened.thread.id
  page = opened.thread.page
  reader = await guest(service, site, 'First')
  other = await guest(service, site, 'Second')
  approved = (await post(service, { site, thread, token: reader.token })).comment.id

  const foreignSite = await registerSite(service)
  const foreignThread = (await openThread(service, foreignSite)).thread.id
  const stranger = await guest(service, foreignSite)
  const foreignComment = await post(service, { site: foreignSite, thread: foreignThread, token: stranger.token })
  foreign = { site: foreignSite, thread: foreignThread, comment: foreignComment.comment.id, token: stranger.token }

  deleted = (await post(service, { site, thread, token: reader.token, body: 'to be deleted' })).comment.id
  await post(service, { site, thread, token: reader.token, body: 'keeps it as a tombstone', parentId: deleted })
  await call('DELETE', `${service.api}/sites/${site}/threads/${thread}/comments/${deleted}`, { token: reader.token })

  const heldSite = await registerSite(service, { settings: { premoderation: 'all' } })
  const heldThread = (await openThread(service, heldSite)).thread.id
  const held = await guest(service, heldSite)
  const heldComment = await post(service, { site: heldSite, thread: heldThread, token: held.token })
  pending = { site: heldSite, thread: heldThread, comment: heldComment.comment.id, token: held.token }

  const toClose = await openThread(service, site)
  closed = toClose.thread.id
  await operate(service, 'thread.setClosed', { site, page: toClose.thread.page, closed: true })
  link = await hello(site, reader.token)
})
afterAll(async () => {
  link?.close()
  await service?.dispose()
})

/** A command as both transports say it. */
type Case = {
  name: string
  code: ErrorCode
  command: () => {
    type: 'comment.create' | 'comment.edit' | 'comment.delete' | 'reaction.add' | 'reaction.remove'
    thread?: unknown
    comment?: unknown
    kind?: unknown
    [field: string]: unknown
  }
  site?: () => string
  token?: () => string | undefined
}

const create = (fields: Record<string, unknown> = {}) => ({
  type: 'comment.create' as const,
  thread: thread as unknown,
  key: newId(),
  body: 'Hello',
  ...fields,
})

const cases: Case[] = [
  { name: 'an unknown field', code: 'unknown_field', command: () => create({ admin: true }) },
  {
    name: 'an unknown nested field',
    code: 'unknown_field',
    command: () => create({ author: { name: 'A', role: 'owner' } }),
  },
  { name: 'a body that is no text', code: 'invalid_request', command: () => create({ body: 7 }) },
  { name: 'a body that is missing', code: 'invalid_request', command: () => create({ body: undefined }) },
  { name: 'a key that is no UUID', code: 'invalid_request', command: () => create({ key: 'again' }) },
  { name: 'a key that is missing', code: 'invalid_request', command: () => create({ key: undefined }) },
  { name: 'a parent that is no UUID', code: 'invalid_request', command: () => create({ parentId: '../etc/passwd' }) },
  { name: 'a text over the site’s limit', code: 'body_too_long', command: () => create({ body: 'a'.repeat(10_001) }) },
  { name: 'an empty text', code: 'body_blank', command: () => create({ body: '' }) },
  { name: 'a text of spaces and line breaks', code: 'body_blank', command: () => create({ body: ' \n\t \r\n ' }) },
  {
    name: 'a text of zero-width characters',
    code: 'body_blank',
    command: () => create({ body: '\u200b\u200d\ufeff\u2060' }),
  },
  {
    name: 'a text of invisible letters',
    code: 'body_blank',
    command: () => create({ body: '\u3164\u115f\uffa0\u2800' }),
  },
  {
    name: 'a name of invisible characters',
    code: 'name_invalid',
    command: () => create({ author: { name: '\u200b \u202e' } }),
  },
  { name: 'an unknown thread', code: 'thread_not_found', command: () => create({ thread: none }) },
  { name: 'a thread of another site', code: 'thread_not_found', command: () => create({ thread: foreign.thread }) },
  { name: 'an unknown parent', code: 'parent_not_found', command: () => create({ parentId: none }) },
  { name: 'a parent of another site', code: 'parent_not_found', command: () => create({ parentId: foreign.comment }) },
  { name: 'a reply to a deleted comment', code: 'parent_unavailable', command: () => create({ parentId: deleted }) },
  {
    name: 'a reply to a pending comment',
    code: 'parent_unavailable',
    command: () => create({ thread: pending.thread, parentId: pending.comment }),
    site: () => pending.site,
    token: () => pending.token,
  },
  { name: 'a closed thread', code: 'thread_closed', command: () => create({ thread: closed }) },
  { name: 'nobody signed in', code: 'unauthenticated', command: () => create(), token: () => undefined },
  {
    name: 'editing an unknown comment',
    code: 'comment_not_found',
    command: () => ({ type: 'comment.edit', thread, comment: none, body: 'x' }),
  },
  {
    name: 'editing a comment of another site',
    code: 'comment_not_found',
    command: () => ({ type: 'comment.edit', thread, comment: foreign.comment, body: 'x' }),
  },
  {
    name: 'editing another’s comment',
    code: 'forbidden',
    command: () => ({ type: 'comment.edit', thread, comment: approved, body: 'x' }),
    token: () => other.token,
  },
  {
    name: 'editing into nothing',
    code: 'body_blank',
    command: () => ({ type: 'comment.edit', thread, comment: approved, body: '\u200b' }),
  },
  {
    name: 'editing a deleted comment',
    code: 'comment_deleted',
    command: () => ({ type: 'comment.edit', thread, comment: deleted, body: 'x' }),
  },
  {
    name: 'editing another’s pending comment',
    code: 'comment_not_found',
    command: () => ({ type: 'comment.edit', thread: pending.thread, comment: pending.comment, body: 'x' }),
    site: () => pending.site,
    token: () => heldNeighbour.token,
  },
  {
    name: 'deleting another’s comment',
    code: 'forbidden',
    command: () => ({ type: 'comment.delete', thread, comment: approved }),
    token: () => other.token,
  },
  {
    name: 'deleting an unknown comment',
    code: 'comment_not_found',
    command: () => ({ type: 'comment.delete', thread, comment: none }),
  },
  {
    name: 'deleting without a token',
    code: 'unauthenticated',
    command: () => ({ type: 'comment.delete', thread, comment: approved }),
    token: () => undefined,
  },
  {
    name: 'a reaction the site does not offer',
    code: 'unknown_reaction',
    command: () => ({ type: 'reaction.add', thread, comment: approved, kind: 'dislike' }),
  },
  {
    name: 'a reaction of a strange form',
    code: 'invalid_request',
    command: () => ({ type: 'reaction.add', thread, comment: approved, kind: 'LIKE%00' }),
  },
  {
    name: 'a reaction to a deleted comment',
    code: 'comment_deleted',
    command: () => ({ type: 'reaction.add', thread, comment: deleted, kind: 'like' }),
  },
  {
    name: 'a reaction to an unknown comment',
    code: 'comment_not_found',
    command: () => ({ type: 'reaction.add', thread, comment: none, kind: 'like' }),
  },
]

let heldNeighbour: ReaderSession
beforeAll(async () => {
  heldNeighbour = await guest(service, pending.site, 'Neighbour')
})

const urlOf = (key: string, command: ReturnType<Case['command']>): { method: string; url: string; body: unknown } => {
  const { type, thread: inThread, comment, kind, ...body } = command
  const base = `${service.api}/sites/${key}/threads/${encodeURIComponent(String(inThread))}/comments`
  const one = `${base}/${encodeURIComponent(String(comment))}`
  if (type === 'comment.create') return { method: 'POST', url: base, body }
  if (type === 'comment.edit') return { method: 'PATCH', url: one, body }
  if (type === 'comment.delete') return { method: 'DELETE', url: one, body: undefined }
  return {
    method: type === 'reaction.add' ? 'PUT' : 'DELETE',
    url: `${one}/reactions/${encodeURIComponent(String(kind))}`,
    body: undefined,
  }
}

/** All a reader can see of a thread, to show that a refusal changed nothing. */
const visible = async (): Promise<string> =>
  JSON.stringify((await call('GET', `${service.api}/sites/${site}/thread?page=${encodeURIComponent(page)}`)).body)

describe.each(cases)('$name', ({ code, command, site: key = () => site, token = () => reader.token }) => {
  test(`is refused as ${code} over HTTP, and nothing is stored`, async () => {
    const before = await visible()
    const { method, url, body } = urlOf(key(), command())
    const answer = await call('POST' === method || 'PATCH' === method ? method : method, url, { token: token(), body })
    expect(answer.body).toMatchObject({ error: { code } })
    expect(answer.status).toBe(errorTable[code].status)
    expect(await visible()).toBe(before)
  })

  test(`is refused as ${code} over the WebSocket, and nothing is stored`, async () => {
    const before = await visible()
    const client = await hello(key(), token())
    const answer = await client.ask(command())
    client.close()
    expect(answer).toMatchObject({ type: 'error', error: { code } })
    expect(await visible()).toBe(before)
  })
})

describe('what no command table sees', () => {
  const comments = () => `${service.api}/sites/${site}/threads/${thread}/comments`

  test('malformed JSON is malformed_json over both', async () => {
    const http = await call('POST', comments(), { token: reader.token, rawBody: '{"key":' })
    expect([http.status, http.body]).toMatchObject([400, { error: { code: 'malformed_json' } }])
    const client = await hello(site, reader.token)
    expect(await client.raw('{"type":')).toMatchObject({ type: 'error', error: { code: 'malformed_json' } })
    client.close()
  })

  test('an unknown command is unknown_command, an unknown URL route_not_found', async () => {
    expect(await link.ask({ type: 'comment.feature' })).toMatchObject({ error: { code: 'unknown_command' } })
    for (const path of [`/sites/${site}/nothing`, '/nothing', `/sites/${site}/threads/${thread}`]) {
      const http = await call('GET', service.api + path)
      expect([path, http.status, http.body]).toMatchObject([path, 404, { error: { code: 'route_not_found' } }])
    }
  })

  test('a method the URL does not have is method_not_allowed and names those it has', async () => {
    const http = await call('PUT', comments(), { token: reader.token, body: {} })
    expect([http.status, http.body]).toMatchObject([405, { error: { code: 'method_not_allowed' } }])
    expect(http.headers.get('allow')).toBe('POST, OPTIONS')
  })

  test('an unknown site is site_not_found over both, and the socket is closed for good', async () => {
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
  ])('the origin %s is refused over both', async (origin) => {
    const http = await call('GET', `${service.api}/sites/${site}/thread?page=/`, { headers: { origin } })
    expect([http.status, http.body]).toMatchObject([403, { error: { code: 'origin_not_allowed' } }])
    const client = await connect(service.api, { origin })
    expect(await client.ask({ type: 'hello', site, version: 1 })).toMatchObject({
      error: { code: 'origin_not_allowed' },
    })
    expect(await client.closed).toBe(4503)
  })

  test('a listed origin may read the answer, and no cookies are involved', async () => {
    const http = await call('GET', `${service.api}/sites/${site}/thread?page=/`, { headers: { origin: ORIGIN } })
    expect(http.headers.get('access-control-allow-origin')).toBe(ORIGIN)
    expect(http.headers.get('access-control-allow-credentials')).toBeNull()
    expect(http.headers.get('vary')).toContain('Origin')
  })

  test('a forged, altered or foreign token is token_invalid over both', async () => {
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
    const client = await hello(site, reader.token)
    client.send({ type: 'comment.create', ref: 9, thread, key: newId(), body: 'a'.repeat(70_000) })
    expect([1006, 1009]).toContain(await client.closed)
  })

  test('one key with another text is key_reused over both, and the first comment stays', async () => {
    const key = newId()
    await post(service, { site, thread, token: reader.token, key, body: 'the first text' })
    const http = await call('POST', comments(), { token: reader.token, body: { key, body: 'another text' } })
    expect([http.status, http.body]).toMatchObject([409, { error: { code: 'key_reused' } }])
    expect(await link.ask({ type: 'comment.create', thread, key, body: 'another text' })).toMatchObject({
      error: { code: 'key_reused' },
    })
    expect((await post(service, { site, thread, token: reader.token, key, body: 'the first text' })).created).toBe(
      false,
    )
  })

  test('writing too fast is rate_limited over both and says when to come back', async () => {
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
    const client = await hello(slow, hasty.token)
    expect(
      await client.ask({ type: 'comment.create', thread: slowThread, key: newId(), body: 'text 9' }),
    ).toMatchObject({ error: { code: 'rate_limited' } })
    client.close()
  })

  test('a command before hello is hello_required, a version too new is unsupported_version', async () => {
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

  test('reading another site’s thread, comment or replies finds nothing', async () => {
    const base = `${service.api}/sites/${site}/threads/${foreign.thread}`
    for (const [path, code] of [
      ['/changes?since=0', 'thread_not_found'],
      [`/comments/${foreign.comment}`, 'comment_not_found'],
      [`/comments/${foreign.comment}/replies`, 'comment_not_found'],
    ] as const)
      expect((await call('GET', base + path)).body, path).toMatchObject({ error: { code } })
  })

  test('a pending comment is nobody’s but its author’s', async () => {
    const url = `${service.api}/sites/${pending.site}/threads/${pending.thread}/comments/${pending.comment}`
    expect((await call('GET', url)).status).toBe(404)
    expect((await call('GET', url, { token: heldNeighbour.token })).status).toBe(404)
    expect((await call('GET', url, { token: pending.token })).body).toMatchObject({
      comment: { status: 'pending', body: 'Hello' },
    })
    const changes = await call('GET', `${service.api}/sites/${pending.site}/threads/${pending.thread}/changes?since=0`)
    expect(changes.body).toMatchObject({ changes: [], to: 1 })
  })
})
