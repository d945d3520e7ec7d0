import { expect, test } from 'vitest'
import { closeTable, shouldReconnect } from './close-codes.ts'
import { decodeServerMessage, encode } from './codec.ts'
import { errorTable } from './error-table.ts'
import { isErrorCode, ReparteeError } from './errors.ts'

test('the range of a close code alone tells whether to reconnect', () => {
  for (const [code, { reconnect }] of Object.entries(closeTable))
    expect(shouldReconnect(Number(code)), code).toBe(reconnect)
  for (const code of [1000, 1001, 1006, 1011, 1012, 4000, 4499]) expect(shouldReconnect(code)).toBe(true)
  for (const code of [4500, 4750, 4999]) expect(shouldReconnect(code)).toBe(false)
})

test('every code has an error status, and those with 429 or 503 are retryable', () => {
  for (const [code, { status, retryable }] of Object.entries(errorTable)) {
    expect(status, code).toBeGreaterThanOrEqual(400)
    expect(status, code).toBeLessThan(600)
    expect(retryable, code).toBe(status === 429 || status === 503)
    expect(code).toMatch(/^[a-z_]+$/)
  }
})

test('only the names in the table are codes', () => {
  expect(isErrorCode('unavailable')).toBe(true)
  for (const name of ['toString', '__proto__', 'constructor', '', 503, null]) expect(isErrorCode(name)).toBe(false)
})

test('an error has the status of its code, its cause and the time to wait', () => {
  const cause = new Error('socket')
  const error = new ReparteeError('unavailable', 'away', { cause, retryAfterMs: 500 })
  expect(error).toMatchObject({
    name: 'ReparteeError',
    code: 'unavailable',
    status: 503,
    retryable: true,
    retryAfterMs: 500,
    cause,
  })
  expect(new ReparteeError('forbidden')).toMatchObject({
    message: 'forbidden',
    retryable: false,
    retryAfterMs: undefined,
  })
  expect('cause' in new ReparteeError('forbidden')).toBe(false)
})

test('the default message of an error is its code in words', () => {
  for (const code of Object.keys(errorTable).filter(isErrorCode))
    expect(new ReparteeError(code).message).toMatch(/^[a-z]+( [a-z]+)*$/)
  expect(new ReparteeError('comment_not_found').message).toBe('comment not found')
})

test('a frame that is not a message decodes to null', () => {
  for (const frame of ['', '{', 'null', '1', '"pong"', '[]', '{}']) expect(decodeServerMessage(frame)).toBeNull()
  expect(decodeServerMessage(encode({ type: 'pong' }))).toEqual({ type: 'pong' })
})
