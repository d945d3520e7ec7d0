import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReparteeError } from './errors.ts'
import { parseClientMessage, parseJson, refOf } from './parse.ts'

const folder = new URL('./fixtures/', import.meta.url)
const fixtures = readdirSync(folder)
  .filter((file) => file.startsWith('client.'))
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Record<string, unknown>)
const fixture = (type: string): Record<string, unknown> => ({ ...fixtures.find((message) => message.type === type) })

const outcome = (frame: string): string => {
  try {
    return parseClientMessage(frame).type
  } catch (error) {
    if (!(error instanceof ReparteeError)) throw error
    expect(error.message.length).toBeLessThan(300)
    return error.code
  }
}
const refusals = ['malformed_json', 'invalid_request', 'unknown_command', 'unknown_field']
const accepted = fixtures.map(({ type }) => type)

test('the parser answers any text with a message or a refusal, never with another error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (frame) => {
      expect(refusals).toContain(outcome(frame))
      refOf(frame)
    }),
    { numRuns: 2_000 },
  )
})

test('the parser answers any changed message with a message or a refusal, never with another error', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(2 ** 53, -1, 0.5, 1e308, '', '\ud800', '\u0000', 'x'.repeat(50_000), [], {}, null),
  )
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'type', 'ref', 'thread', 'body'),
  )
  fc.assert(
    fc.property(fc.constantFrom(...fixtures), key, value, (message, name, inner) => {
      const json = JSON.stringify({ ...message, [name]: inner }).replace(
        '}',
        `,${JSON.stringify(name)}:${JSON.stringify(inner)}}`,
      )
      for (const frame of [json, JSON.stringify(Object.fromEntries([...Object.entries(message), [name, inner]]))])
        expect([...refusals, ...accepted]).toContain(outcome(frame))
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['', 'malformed_json'],
  ['{"type":"ping"', 'malformed_json'],
  ['NaN', 'malformed_json'],
  ['{"type":"hello","ref":NaN}', 'malformed_json'],
  ['null', 'invalid_request'],
  ['[]', 'invalid_request'],
  ['"ping"', 'invalid_request'],
  ['{}', 'invalid_request'],
  ['{"type":"comment.burn"}', 'unknown_command'],
  ['{"type":["ping"]}', 'unknown_command'],
  ['{"type":"__proto__"}', 'unknown_command'],
  ['{"type":"ping","extra":1}', 'unknown_field'],
  ['{"type":"ping","__proto__":{"admin":true}}', 'unknown_field'],
  ['{"type":"ping","constructor":1}', 'unknown_field'],
])('%s is refused with %s', (frame, code) => {
  expect(outcome(frame)).toBe(code)
})

test.each([
  [{ ref: 0 }, 'ref'],
  [{ ref: 1.5 }, 'ref'],
  [{ ref: 2 ** 53 }, 'ref'],
  [{ ref: '1' }, 'ref'],
  [{ key: 'not-a-uuid' }, 'key'],
  [{ body: 7 }, 'body'],
  [{ body: 'x'.repeat(40_001) }, 'body'],
  [{ author: { name: null } }, 'author.name'],
  [{ parentId: '' }, 'parentId'],
])('a create with %o is refused with the name of the field', (patch, field) => {
  const frame = JSON.stringify({ ...fixture('comment.create'), ...patch })
  expect(() => parseClientMessage(frame)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  expect(() => parseClientMessage(frame)).toThrow(field)
})

test('a number beyond every range is refused', () => {
  const text = JSON.stringify(fixture('subscribe')).replace('"since":42', '"since":1e999')
  expect(outcome(text)).toBe('invalid_request')
})

test('a refusal never repeats what the client wrote', () => {
  const secret = 'correct horse battery staple'
  for (const patch of [{ body: { secret } }, { key: secret }, { parentId: secret }, { author: { name: [secret] } }])
    expect(() => parseClientMessage(JSON.stringify({ ...fixture('comment.create'), ...patch }))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('horse') }),
    )
  expect(() => parseJson(`{"token":"${secret}`)).toThrow(expect.objectContaining({ message: 'not JSON' }))
})

test('text reaches the service as it was written: lone surrogates, NUL and bidi marks included', () => {
  const body = 'a\ud800b\u0000c\u202ed'
  const frame = JSON.stringify({ ...fixture('comment.create'), body })
  expect(parseClientMessage(frame)).toMatchObject({ body })
})

test('a message cannot set the prototype of the parsed object', () => {
  const frame = JSON.stringify(fixture('comment.create')).replace('"author":{', '"author":{"__proto__":{"admin":true},')
  expect(outcome(frame)).toBe('unknown_field')
  expect('admin' in {}).toBe(false)
})

test('two spellings of an id are one id', () => {
  const thread = String(fixture('typing').thread)
  expect(parseClientMessage(JSON.stringify({ type: 'typing', thread: thread.toUpperCase() }))).toEqual({
    type: 'typing',
    thread,
  })
})

test.each([
  ['{"ref":7,"type":"nonsense"}', 7],
  ['{"ref":7', undefined],
  ['{"ref":"7"}', undefined],
  ['{"ref":-1}', undefined],
  ['{"ref":1e300}', undefined],
  ['null', undefined],
])('the ref of %s is %s', (frame, ref) => {
  expect(refOf(frame)).toBe(ref)
})
