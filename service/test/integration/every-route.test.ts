import { readFile } from 'node:fs/promises'
import {
  type CommandType,
  clientMessageSchema,
  type ErrorCode,
  newId,
  type ReaderSession,
} from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../src/core/commands.ts'
import type { Route } from '../../src/transport/route.ts'
import { routes } from '../../src/transport/routes.ts'
import { guest, openThread, post, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call, connect, type HttpAnswer, type WireClient } from '../../testing/wire-client.ts'

/** One site with its page, thread, comment and readers. */
type World = {
  site: string
  page: string
  thread: string
  comment: string
  reader: ReaderSession
  other: ReaderSession
}
/** A valid request of a route, without its path, which comes from a world. */
type Sample = { query?: Record<string, string>; body?: Record<string, unknown> }

const ORIGIN = 'https://blog.example'
let service: RunningService
let ours: World
let theirs: World

const makeWorld = async (): Promise<World> => {
  const site = await registerSite(service)
  const { thread } = await openThread(service, site, '/page')
  const [reader, other] = [await guest(service, site, 'Ann'), await guest(service, site, 'Bob')]
  const { comment } = await post(service, { site, thread: thread.id, token: reader.token })
  return { site, page: thread.page, thread: thread.id, comment: comment.id, reader, other }
}

beforeAll(async () => {
  service = await startService()
  ;[ours, theirs] = [await makeWorld(), await makeWorld()]
})
afterAll(() => service?.dispose())

/** By method and name. A route without a sample fails the first test, so that no new route is forgotten. */
const samples: Readonly<Record<string, (world: World) => Sample>> = {
  'GET thread.snapshot': ({ page }) => ({ query: { page } }),
  'GET thread.changes': () => ({ query: { since: '0' } }),
  'GET comment.get': () => ({}),
  'GET comment.replies': () => ({ query: { limit: '5' } }),
  'POST comment.create': () => ({ body: { key: newId(), body: 'text' } }),
  'PATCH comment.edit': () => ({ body: { body: `text ${newId()}` } }),
  'PUT reaction.add': () => ({}),
  'DELETE reaction.remove': () => ({}),
  'POST comment.preview': () => ({ body: { body: 'text' } }),
  'GET thread.counts': ({ page }) => ({ query: { page } }),
  'POST vitals': () => ({ body: { cls: 0 } }),
  'POST reader.guest': () => ({ body: { name: 'Cleo' } }),
  'POST reader.refresh': ({ reader }) => ({ body: { refresh: reader.refresh } }),
  'POST reader.logout': ({ other }) => ({ body: { refresh: other.refresh } }),
  'DELETE comment.delete': () => ({}),
}
const nameOf = (route: Route): string => `${route.method} ${route.name}`
const table = (routes as readonly Route[]).map((route) => [nameOf(route), route] as const)
const isAboutThread = (route: Route): boolean => route.path.includes(':thread')

/** Invalid values of any path parameter. */
const HOSTILE_SEGMENTS = [
  'no%20such',
  '%20',
  '%00',
  '%',
  '%ff',
  '..%2F..%2Fetc%2Fpasswd',
  '%27%20or%20true%20--',
  '00000000-0000-0000-0000-00000000000g',
  '00000000-0000-0000-0000-000000000000%00',
  '__proto__',
  'x'.repeat(2_000),
]

type Change = {
  path?: string
  site?: string
  token?: string | undefined
  headers?: Record<string, string>
  query?: Record<string, string>
  body?: Record<string, unknown>
}

/** Send a route's sample for one world, with changes. */
const send = async (route: Route, world: World, change: Change = {}): Promise<HttpAnswer> => {
  const sample = samples[nameOf(route)]?.(world) ?? {}
  const path = (change.path ?? route.path)
    .replace(':thread', world.thread)
    .replace(':comment', world.comment)
    .replace(':kind', 'like')
  const query = new URLSearchParams({ ...sample.query, ...change.query })
  const body =
    sample.body === undefined && change.body === undefined ? {} : { body: { ...sample.body, ...change.body } }
  const url = `${service.api}/sites/${change.site ?? world.site}${path}${query.size > 0 ? `?${query}` : ''}`
  const token = 'token' in change ? change.token : world.reader.token
  return call(route.method, url, { token, headers: { origin: ORIGIN, ...change.headers }, ...body })
}
const codeOf = (answer: HttpAnswer): unknown => (answer.body as { error?: { code: string } } | null)?.error?.code

/** Everything readers can see of both sites. */
const state = async (): Promise<string> => {
  const pages = [ours, theirs].map(({ site, page }) =>
    call('GET', `${service.api}/sites/${site}/thread?page=${encodeURIComponent(page)}`),
  )
  return JSON.stringify((await Promise.all(pages)).map(({ body }) => body))
}

test('every route and every command has a case here', () => {
  expect(table.map(([name]) => name).sort()).toEqual(Object.keys(samples).sort())
  expect(Object.keys(authority).sort()).toEqual(Object.keys(commands).sort())
})

describe.each(table)('%s', (_name, route) => {
  test('is refused without a site, with an unknown one, and with two', async () => {
    const before = await state()
    expect(codeOf(await send(route, ours, { site: 'nobody-here' }))).toBe('site_not_found')
    const refused: readonly unknown[] = ['site_not_found', 'route_not_found', 'method_not_allowed']
    for (const site of ['', '%20', `${ours.site}/sites/${theirs.site}`, `${ours.site},${theirs.site}`])
      expect(refused).toContain(codeOf(await send(route, ours, { site })))
    if (route.query !== undefined)
      expect(codeOf(await send(route, ours, { query: { site: theirs.site } }))).toBe('unknown_field')
    if (route.body !== undefined)
      expect(codeOf(await send(route, ours, { body: { site: theirs.site } }))).toBe('unknown_field')
    expect(await state()).toBe(before)
  })

  test('is refused from a page of another origin', async () => {
    const before = await state()
    for (const origin of ['https://evil.test', 'null', `${ORIGIN}.evil.test`, 'http://blog.example'])
      expect(codeOf(await send(route, ours, { headers: { origin } }))).toBe('origin_not_allowed')
    expect(await state()).toBe(before)
  })

  test('is refused with a foreign, a forged and a malformed token', async () => {
    const before = await state()
    const [head = '', claims = '', signature = ''] = ours.reader.token.split('.')
    const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const owner = encoded({ ...JSON.parse(Buffer.from(claims, 'base64url').toString()), role: 'owner' })
    const forged = [
      theirs.reader.token,
      `${head}.${owner}.${signature}`,
      `${encoded({ alg: 'none', typ: 'reader+jwt' })}.${claims}.`,
      `${encoded({ alg: 'HS256', typ: 'reader+jwt' })}.${claims}.${signature}`,
    ]
    for (const token of forged) expect(codeOf(await send(route, ours, { token }))).toBe('token_invalid')
    for (const authorization of ['Basic YTpi', 'Bearer', 'Bearer a b'])
      expect(codeOf(await send(route, ours, { token: undefined, headers: { authorization } }))).toBe('token_invalid')
    expect(await state()).toBe(before)
  })

  test.each(Object.keys(route.params.entries))('is refused with an invalid :%s', async (name) => {
    const before = await state()
    for (const hostile of HOSTILE_SEGMENTS) {
      const answer = await send(route, ours, { path: route.path.replace(`:${name}`, hostile) })
      expect([hostile, answer.status, codeOf(answer)]).toEqual([hostile, 400, 'invalid_request'])
    }
    expect(await state()).toBe(before)
  })

  test('finds nothing of another site', async () => {
    const before = await state()
    const answer = await send(route, theirs, { site: ours.site, token: ours.reader.token })
    if (isAboutThread(route)) {
      expect(['thread_not_found', 'comment_not_found']).toContain(codeOf(answer))
      expect(await state()).toBe(before)
    } else if (route.name === 'reader.refresh') expect(codeOf(answer)).toBe('credential_invalid')
    else expect(JSON.stringify(answer.body)).not.toContain(theirs.thread)
  })
})

type Outcome = ErrorCode | 'ok'
/** The outcome of each command on Ann's comment, by sender. A missing command does not compile. */
const authority: Readonly<Record<CommandType, { visitor: Outcome; bob: Outcome; foreigner: Outcome; ann: Outcome }>> = {
  'comment.create': { visitor: 'unauthenticated', bob: 'ok', foreigner: 'thread_not_found', ann: 'ok' },
  'comment.edit': { visitor: 'unauthenticated', bob: 'forbidden', foreigner: 'comment_not_found', ann: 'ok' },
  'reaction.add': { visitor: 'unauthenticated', bob: 'ok', foreigner: 'comment_not_found', ann: 'ok' },
  'reaction.remove': { visitor: 'unauthenticated', bob: 'ok', foreigner: 'comment_not_found', ann: 'ok' },
  'comment.delete': { visitor: 'unauthenticated', bob: 'forbidden', foreigner: 'comment_not_found', ann: 'ok' },
}

describe.each(Object.keys(authority) as CommandType[])('%s', (type) => {
  const act = async (client: WireClient, comment: string): Promise<Outcome> => {
    const { key, body, kind } = { key: newId(), body: `text ${newId()}`, kind: 'like' }
    const fields = type === 'comment.create' ? { key, body } : type === 'comment.edit' ? { comment, body } : { comment }
    const answer = await client.ask({
      type,
      thread: ours.thread,
      ...fields,
      ...(type.startsWith('reaction') && { kind }),
    })
    return answer.type === 'error' ? answer.error.code : 'ok'
  }
  const outcomesOf = async (o: { site: string; token?: string }, comment: string): Promise<Outcome> => {
    const client = await connect(service.api, { origin: ORIGIN })
    const welcome = await client.ask({ type: 'hello', version: 1, ...o })
    expect(welcome.type).toBe('welcome')
    const outcome = await act(client, comment)
    client.close()
    return outcome
  }

  test('is allowed to those with the right and to no one else', async () => {
    const { comment } = await post(service, { site: ours.site, thread: ours.thread, token: ours.reader.token })
    const before = await state()
    const rule = authority[type]
    expect(await outcomesOf({ site: ours.site }, comment.id)).toBe(rule.visitor)
    expect(await outcomesOf({ site: theirs.site, token: theirs.reader.token }, comment.id)).toBe(rule.foreigner)
    if (rule.bob !== 'ok')
      expect(await outcomesOf({ site: ours.site, token: ours.other.token }, comment.id)).toBe(rule.bob)
    expect(await state()).toBe(before)
    if (rule.bob === 'ok') expect(await outcomesOf({ site: ours.site, token: ours.other.token }, comment.id)).toBe('ok')
    expect(await outcomesOf({ site: ours.site, token: ours.reader.token }, comment.id)).toBe(rule.ann)
  })
})

const messages = clientMessageSchema.options.map((option) => option.entries.type.literal)

test.each(messages.filter((type) => type !== 'hello' && type !== 'ping'))(
  'a valid %s is refused before hello',
  async (type) => {
    const fixture = new URL(`../../../sdk/src/protocol/fixtures/client.${type}.json`, import.meta.url)
    const client = await connect(service.api, { origin: ORIGIN })
    const answer = await client.raw(await readFile(fixture, 'utf8'))
    expect(answer).toMatchObject({ type: 'error', error: { code: 'hello_required' } })
    client.close()
  },
)

// Last, since some of them delete what the others need.
test.each([...table].sort(([a], [b]) => Number(/logout|delete$/.test(a)) - Number(/logout|delete$/.test(b))))(
  '%s succeeds with a valid request, so each refusal above is due to its change',
  async (_name, route) => {
    const answer = await send(route, ours)
    expect(Object.keys(route.responses).map(Number)).toContain(answer.status)
  },
)
