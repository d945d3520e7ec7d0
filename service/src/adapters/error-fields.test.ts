import { expect, test } from 'vitest'
import { errorFields } from './error-fields.ts'

test('an error is logged with its name, message, code, stack and cause, and with nothing else it carries', () => {
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

test('what is no error is logged as it is', () => {
  expect(errorFields('timeout')).toBe('timeout')
  expect(errorFields(undefined)).toBeUndefined()
})
