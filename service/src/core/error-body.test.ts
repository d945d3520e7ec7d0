import { errorBodySchema, ReparteeError } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { errorBody } from './error-body.ts'

test('an expected error has its code and a whole number of milliseconds to wait', () => {
  const body = errorBody(
    new ReparteeError('rate_limited', 'too many', { retryAfterMs: 0.3, cause: new Error('secret') }),
  )
  expect(body).toEqual({ code: 'rate_limited', message: 'too many', retryAfterMs: 1 })
  expect(v.parse(errorBodySchema, body)).toEqual(body)
})

test('a bug is an internal error without details', () => {
  for (const thrown of [new TypeError('secret'), 'secret', null, undefined, { code: 'rate_limited' }])
    expect(errorBody(thrown)).toEqual({ code: 'internal', message: 'internal error' })
})
