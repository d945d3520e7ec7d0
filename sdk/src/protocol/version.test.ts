import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { clientMessageSchema } from './client-message.ts'
import { closeTable } from './close-codes.ts'
import { errorTable } from './error-table.ts'
import * as http from './http-schemas.ts'
import { commandResultSchemas, subscribeResultSchema } from './results.ts'
import { serverMessageSchema } from './server-message.ts'
import { MIN_SUPPORTED_VERSION, PROTOCOL_VERSION, SUBPROTOCOL } from './version.ts'
import { vitalsSchema } from './vitals.ts'

/** What a schema accepts and returns, without the library's functions and messages. */
const describe = (value: unknown): unknown => {
  if (value instanceof RegExp) return String(value)
  if (Array.isArray(value)) return value.map(describe)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(
    ([key, inner]) =>
      !key.startsWith('~') && typeof inner !== 'function' && !['message', 'async', 'expects'].includes(key),
  )
  return Object.fromEntries(kept.map(([key, inner]) => [key, describe(inner)]))
}

const hashOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(describe(value)))
    .digest('hex')
    .slice(0, 16)

const surface = {
  client: clientMessageSchema,
  server: serverMessageSchema,
  results: { ...commandResultSchemas, subscribe: subscribeResultSchema },
  http,
  vitals: vitalsSchema,
  errors: errorTable,
  closes: closeTable,
}

test('the protocol is the one pinned for this version', () => {
  const hashes = Object.fromEntries(Object.entries(surface).map(([name, part]) => [name, hashOf(part)]))
  expect(
    { version: PROTOCOL_VERSION, ...hashes },
    'the wire protocol changed: bump PROTOCOL_VERSION and update the pinned hash, and fixtures and PROTOCOL.md with it',
  ).toEqual({
    version: 1,
    client: '6885d9a97431485d',
    server: '4b08eecb0f929eae',
    results: '6c21dafe40eab27c',
    http: '36bf3821f876de36',
    vitals: 'a50c968cc05b47c1',
    errors: '06a71329e0cf8e98',
    closes: '73fb15c3bb2718b5',
  })
})

test('the hash notices what a peer would notice', () => {
  const fields = clientMessageSchema.options[3].entries
  expect(hashOf(fields)).not.toBe(hashOf({ ...fields, extra: fields.body }))
  expect(hashOf(fields.body)).not.toBe(hashOf(fields.key))
  expect(hashOf(fields.body)).toBe(hashOf({ ...fields.body }))
})

test('versions and subprotocol agree', () => {
  expect(MIN_SUPPORTED_VERSION).toBeLessThanOrEqual(PROTOCOL_VERSION)
  expect(SUBPROTOCOL).toBe('repartee.v1')
})
