import { type ErrorCode, errorTable, newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call } from '../../testing/wire-client.ts'
import { greeted, makeScene, type Scene } from './service-scene.ts'

const none = newId()
let service: RunningService
let site: Scene['site']
let page: Scene['page']
let thread: Scene['thread']
let reader: Scene['reader']
let other: Scene['other']
let approved: Scene['approved']
let deleted: Scene['deleted']
let closed: Scene['closed']
let foreign: Scene['foreign']
let pending: Scene['pending']
let neighbour: Scene['neighbour']

beforeAll(async () => {
  service = await startService()
  ;({ site, page, thread, reader, other, approved, deleted, closed, foreign, pending, neighbour } =
    await makeScene(service))
})
afterAll(() => service?.dispose())

/** A command for both transports. */
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
  { name: 'a body that is not text', code: 'invalid_request', command: () => create({ body: 7 }) },
  { name: 'a body that is missing', code: 'invalid_request', command: () => create({ body: undefined }) },
  { name: 'a key that is not a UUID', code: 'invalid_request', command: () => create({ key: 'again' }) },
  { name: 'a key that is missing', code: 'invalid_request', command: () => create({ key: undefined }) },
  {
    name: 'a parent that is not a UUID',
    code: 'invalid_request',
    command: () => create({ parentId: '../etc/passwd' }),
  },
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
  { name: 'a visitor without a token', code: 'unauthenticated', command: () => create(), token: () => undefined },
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
    name: 'editing to a blank text',
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
    token: () => neighbour.token,
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
    name: 'a reaction that the site does not offer',
    code: 'unknown_reaction',
    command: () => ({ type: 'reaction.add', thread, comment: approved, kind: 'dislike' }),
  },
  {
    name: 'a malformed reaction',
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

/** Everything readers can see of a thread, to show that a refusal changed nothing. */
const visible = async (): Promise<string> =>
  JSON.stringify((await call('GET', `${service.api}/sites/${site}/thread?page=${encodeURIComponent(page)}`)).body)

describe.each(cases)('$name', ({ code, command, site: key = () => site, token = () => reader.token }) => {
  test(`is refused as ${code} over HTTP, and nothing is stored`, async () => {
    const before = await visible()
    const { method, url, body } = urlOf(key(), command())
    const answer = await call(method, url, { token: token(), body })
    expect(answer.body).toMatchObject({ error: { code } })
    expect(answer.status).toBe(errorTable[code].status)
    expect(await visible()).toBe(before)
  })

  test(`is refused as ${code} over the WebSocket, and nothing is stored`, async () => {
    const before = await visible()
    const client = await greeted(service, key(), token())
    const answer = await client.ask(command())
    client.close()
    expect(answer).toMatchObject({ type: 'error', error: { code } })
    expect(await visible()).toBe(before)
  })
})
