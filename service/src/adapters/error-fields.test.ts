import { expect, test } from 'vitest'
import { errorFields } from './error-fields.ts'

test('an error is logged with its name, message, code, stack and cause, and no other property', () => {
  const error = Object.assign(new TypeError('no such column', { cause: new Error('socket closed') }), {
    code: '42703',
    detail: 'Failing row contains (what a reader wrote)',
  })
  const written = JSON.parse(JSON.stringify(errorFields(error)))
  expect(written).toEqual({
    type: 'TypeError',
    message: 'no such column',
    code: '42703',
    cause: 'socket closed',
    stack: expect.stringContaining('error-fields.test.ts'),
  })
})

test('a value that is not an error is logged unchanged', () => {
  expect(errorFields('timeout')).toBe('timeout')
  expect(errorFields(undefined)).toBeUndefined()
})
