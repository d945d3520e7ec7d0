import { type CommandType, newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { guest, openThread, post, registerSite } from '../../testing/people.ts'
import type { RunningService } from '../../testing/start-service.ts'
import { call } from '../../testing/wire-client.ts'
import { greeted } from './service-scene.ts'

const parsed = vi.hoisted((): unknown[] => [])
vi.mock('valibot', async (original) => {
  const valibot = await original<typeof import('valibot')>()
  const safeParse: typeof valibot.safeParse = (schema, input, config) => {
    parsed.push(input)
    return valibot.safeParse(schema, input, config)
  }
  return { ...valibot, safeParse }
})

let service: RunningService
let site: string
let thread: string
let token: string
beforeAll(async () => {
  // Files share what they import: here it must be made of the mock, and what comes after must not.
  vi.resetModules()
  const { startService } = await import('../../testing/start-service.ts')
  service = await startService()
  site = await registerSite(service)
  thread = (await openThread(service, site)).thread.id
  token = (await guest(service, site)).token
})
afterAll(async () => {
  await service?.dispose()
  vi.resetModules()
})

const newComment = async (): Promise<string> => (await post(service, { site, thread, token })).comment.id
const newText = (): string => `text ${newId()}`

/** How often each of the values was part of a parsed input. */
const timesParsed = (values: readonly string[]): number[] =>
  values.map((value) => parsed.filter((input) => JSON.stringify(input)?.includes(value)).length)

test.each<{ type: CommandType; method: string; fields: () => Record<string, string>; path?: string }>([
  { type: 'comment.create', method: 'POST', fields: () => ({ key: newId(), body: newText() }) },
  { type: 'comment.edit', method: 'PATCH', fields: () => ({ body: newText() }) },
  { type: 'reaction.add', method: 'PUT', fields: () => ({}), path: '/reactions/like' },
  { type: 'reaction.remove', method: 'DELETE', fields: () => ({}), path: '/reactions/like' },
  { type: 'comment.delete', method: 'DELETE', fields: () => ({}) },
])('the input of $type is parsed once over HTTP and once over the WebSocket', async (command) => {
  const { type, method, path = '' } = command
  const isCreate = type === 'comment.create'
  const ids = async () => ({ thread, ...(!isCreate && { comment: await newComment() }) })

  const [inPath, inBody] = [await ids(), command.fields()]
  const url = `${service.api}/sites/${site}/threads/${thread}/comments${isCreate ? '' : `/${inPath.comment}`}${path}`
  parsed.length = 0
  const { status } = await call(method, url, { token, ...(Object.keys(inBody).length > 0 && { body: inBody }) })
  expect(status).toBeLessThan(300)
  const sent = Object.values({ ...inPath, ...inBody })
  expect(timesParsed(sent)).toEqual(sent.map(() => 1))

  const client = await greeted(service, site, token)
  const message = { ...(await ids()), ...command.fields() }
  parsed.length = 0
  const kind = path !== '' && { kind: 'like' }
  expect(await client.ask({ type, ...message, ...kind })).toMatchObject({ type: 'ok' })
  client.close()
  const fields = Object.values(message)
  expect(timesParsed(fields)).toEqual(fields.map(() => 1))
})
