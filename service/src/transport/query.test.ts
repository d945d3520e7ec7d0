import { parseInput } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { parseQuery } from './query.ts'
import { wholeNumber } from './whole-number.ts'

const schema = v.strictObject({
  limit: wholeNumber(1, 100),
  since: v.optional(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
})
const parse = (query: string) => parseInput(schema, parseQuery(query))

test('a whole number is decimal digits within its range', () => {
  expect(parse('limit=100&since=0')).toEqual({ limit: 100, since: 0 })
  expect(parse(`limit=1&since=${Number.MAX_SAFE_INTEGER}`)).toEqual({ limit: 1, since: Number.MAX_SAFE_INTEGER })
})

test.each(['0', '101', '-1', '+1', '1.0', '1e1', '0x1', ' 1', '', 'ten', '９', '9'.repeat(400)])(
  'limit=%s is refused in words',
  (value) => {
    const query = new URLSearchParams({ limit: value }).toString()
    expect(() => parse(query)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message: 'limit: expected a whole number from 1 to 100',
      }),
    )
  },
)

test('only a list may be repeated', () => {
  expect(() => parse('limit=1&limit=1')).toThrow('limit: given twice')
  expect(parseQuery('page=/a&page=/b&limit=1', ['page'])).toEqual({ page: ['/a', '/b'], limit: '1' })
  expect(parseQuery('page=/a', ['page'])).toEqual({ page: ['/a'] })
})

test('a name from Object.prototype is an unknown field like any other', () => {
  expect(() => parse('limit=1&__proto__=x')).toThrow(expect.objectContaining({ code: 'unknown_field' }))
  expect(() => parse('limit=1&constructor=x')).toThrow(expect.objectContaining({ code: 'unknown_field' }))
})
