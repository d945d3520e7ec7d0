import { readdirSync, readFileSync } from 'node:fs'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { clientMessageSchema } from './client-message.ts'
import { changeSchema } from './delta.ts'
import {
  changesSchema,
  commentContextSchema,
  countsSchema,
  credentialRequestSchema,
  errorResponseSchema,
  guestRequestSchema,
  previewRequestSchema,
  previewSchema,
  readerSessionSchema,
  repliesSchema,
  snapshotSchema,
} from './http-schemas.ts'
import { parseClientMessage } from './parse.ts'
import { commandResultSchemas, subscribeResultSchema } from './results.ts'
import { serverMessageSchema } from './server-message.ts'
import { vitalsSchema } from './vitals.ts'

const folder = new URL('./fixtures/', import.meta.url)
const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''))
const load = (name: string): unknown => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
const typesOf = (options: readonly { entries: { type: { literal: string } } }[]): string[] =>
  options.map(({ entries }) => entries.type.literal)

/** A command over HTTP. The body leaves out what the URL already says. */
const overHttp = (type: 'comment.create' | 'comment.edit', url: Record<string, string>) =>
  v.pipe(
    v.looseObject({}),
    v.transform((body) => ({ ...body, ...url, type, ref: 1 })),
    clientMessageSchema,
  )
const id = '019a8e5e-3c00-7d21-9f30-5b7b7d0c1a01'

const schemas: Record<string, v.GenericSchema> = {
  ...Object.fromEntries(typesOf(clientMessageSchema.options).map((type) => [`client.${type}`, clientMessageSchema])),
  ...Object.fromEntries(typesOf(serverMessageSchema.options).map((type) => [`server.${type}`, serverMessageSchema])),
  ...Object.fromEntries(Object.entries(commandResultSchemas).map(([type, schema]) => [`result.${type}`, schema])),
  'result.subscribe': subscribeResultSchema,
  'request.comment.create': overHttp('comment.create', { thread: id }),
  'request.comment.edit': overHttp('comment.edit', { thread: id, comment: id }),
  'request.preview': previewRequestSchema,
  'request.guest': guestRequestSchema,
  'request.credential': credentialRequestSchema,
  'request.vitals': vitalsSchema,
  'http.snapshot': snapshotSchema,
  'http.replies': repliesSchema,
  'http.comment': commentContextSchema,
  'http.changes': changesSchema,
  'http.changes-reload': changesSchema,
  'http.counts': countsSchema,
  'http.preview': previewSchema,
  'http.reader-session': readerSessionSchema,
  'http.error': errorResponseSchema,
}

test('every message type and every HTTP answer has a fixture, and nothing else does', () => {
  expect(names.toSorted()).toEqual(Object.keys(schemas).toSorted())
})

test.each(names)('%s parses, and keeps every field', (name) => {
  const schema = schemas[name]
  if (!schema) throw new Error(`no schema for ${name}`)
  const output = v.parse(schema, load(name))
  if (!name.startsWith('request.comment')) expect(output).toEqual(load(name))
})

test.each(names.filter((name) => name.startsWith('client.')))('%s parses as a frame and is of its type', (name) => {
  expect(parseClientMessage(JSON.stringify(load(name)))).toMatchObject({ type: name.replace('client.', '') })
})

test.each(names.filter((name) => name.startsWith('server.')))('%s is of its type', (name) => {
  expect(load(name)).toMatchObject({ type: name.replace('server.', '') })
})

test('the delta fixture shows every kind of change', () => {
  const { changes } = load('server.delta') as { changes: { type: string }[] }
  expect(changes.map(({ type }) => type).toSorted()).toEqual(typesOf(changeSchema.options).toSorted())
})
