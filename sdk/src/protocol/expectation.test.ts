import { readdirSync, readFileSync } from 'node:fs'
import type * as v from 'valibot'
import { expect, test } from 'vitest'
import { ReparteeError } from './errors.ts'
import * as protocol from './index.ts'
import { parseInput } from './parse.ts'

const isSchema = (value: unknown): value is v.GenericSchema =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema'
const schemas = Object.values<unknown>(protocol).filter(isSchema)

/** Every part of a schema that has a kind: the schema itself, its fields and its checks. */
const partsOf = (value: unknown, seen = new Set<unknown>()): Record<string, unknown>[] => {
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  const inner = Object.values(value).flatMap((child) => partsOf(child, seen))
  return 'kind' in value ? [value as Record<string, unknown>, ...inner] : inner
}

const folder = new URL('./fixtures/', import.meta.url)
const fixtures: unknown[] = readdirSync(folder).map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')))

const bad = [null, true, -1, 0.5, 1e300, '', '\u0000', 'not this', 'x'.repeat(50_000), [], {}, ['', ''], undefined]

/** The value with one of its fields, at any depth, replaced by each of the bad values. */
const variants = (value: unknown): unknown[] => {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, child]) =>
          variants(child).map((changed) =>
            Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed },
          ),
        )
      : []
  return [...bad, ...inner, ...(inner.length > 0 ? [{ ...(value as object), unexpected: 1 }] : [])]
}

const messageOf = (schema: v.GenericSchema, input: unknown): string | undefined => {
  try {
    parseInput(schema, input)
    return undefined
  } catch (error) {
    if (!(error instanceof ReparteeError)) throw error
    return error.message
  }
}

test('every pattern of the protocol says in words what it expects', () => {
  expect(schemas.length).toBeGreaterThan(20)
  const patterns = partsOf(schemas).filter(({ requirement, type }) => requirement instanceof RegExp && type !== 'uuid')
  expect(patterns.length).toBeGreaterThan(3)
  for (const { message, requirement } of patterns) expect(message, `${requirement}`).toMatch(/^[\w ]+/)
})

test('no message about any input has a regular expression, code, a symbol of comparison or the input in it', () => {
  const messages = new Set<string>()
  for (const schema of schemas)
    for (const input of [...fixtures.flatMap(variants), ...bad]) {
      const message = messageOf(schema, input)
      if (message !== undefined) messages.add(message)
    }
  const words =
    /^(?:unknown field \S+|\S+: required|\S+: expected (?!another value|one of Object)(?:a|an|at|one|text|true|\d+|"[\w.]+")[\w ,."-]*)$/
  expect([...messages].filter((message) => !words.test(message) || /not this|native|\bx{9}/.test(message))).toEqual([])
  expect(messages.size).toBeGreaterThan(100)
})

test.each<[v.GenericSchema, unknown, string]>([
  [protocol.guestRequestSchema, {}, 'name: required'],
  [protocol.guestRequestSchema, { name: 1 }, 'name: expected a string'],
  [protocol.guestRequestSchema, { name: 'x'.repeat(201) }, 'name: expected at most 200 characters'],
  [protocol.guestRequestSchema, { name: '', title: '' }, 'unknown field title'],
  [protocol.guestRequestSchema, null, 'value: expected an object'],
  [protocol.pageKeySchema, '\u0000', 'value: expected text without control characters'],
  [protocol.siteKeySchema, 'A', 'value: expected 2 to 40 characters of a-z, 0-9, - and _, the first a letter or digit'],
  [protocol.idSchema, 'A', 'value: expected a UUID'],
  [protocol.sortSchema, 'A', 'value: expected one of "newest", "oldest", "top"'],
  [protocol.vitalsSchema, { cls: -1 }, 'cls: expected at least 0'],
  [protocol.vitalsSchema, { postMs: Array(21).fill(1) }, 'postMs: expected at most 20 items'],
  [protocol.siteSettingsSchema, { commentsPerMinute: 1.5 }, 'commentsPerMinute: expected a whole number'],
])('%# is refused in words', (schema, input, message) => {
  expect(messageOf(schema, input)).toBe(message)
})
