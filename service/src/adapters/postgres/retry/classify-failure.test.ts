import { expect, test } from 'vitest'
import { classifyFailure } from './classify-failure.ts'
import { connectFailures, statementFailures } from './failure-table.ts'
import { NotConnectedError, QueryTimeoutError, StaleHeadError } from './statement-errors.ts'

const coded = (code: string, message = 'refused'): Error => Object.assign(new Error(message), { code })
const noConnection = (code: string): Error => new NotConnectedError(code)

/** Cause, error, and what it means for statement, connection and host. */
const known: readonly (readonly [string, unknown, string])[] = [
  ['stale_head', new StaleHeadError(), 'retry keep healthy'],
  ['timeout', new QueryTimeoutError(), 'uncertain discard down'],
  ['40001', coded('40001'), 'retry keep healthy'],
  ['40P01', coded('40P01'), 'retry keep healthy'],
  ['55P03', coded('55P03'), 'retry keep healthy'],
  ['40003', coded('40003'), 'uncertain discard healthy'],
  ['57P01', coded('57P01'), 'uncertain discard draining'],
  ['57P02', coded('57P02'), 'uncertain discard draining'],
  ['57P03', coded('57P03'), 'uncertain discard draining'],
  ['57P05', coded('57P05'), 'uncertain discard healthy'],
  ['57P04', coded('57P04'), 'uncertain discard down'],
  ['08006', coded('08006'), 'uncertain discard down'],
  ['ECONNRESET', coded('ECONNRESET'), 'uncertain discard down'],
  ['EPIPE', coded('EPIPE'), 'uncertain discard down'],
  ['0A000', coded('0A000', 'cached plan must not change result type'), 'retry discard healthy'],
  ['0A000', coded('0A000', 'cannot do that'), 'bug keep healthy'],
  ['53100', coded('53100'), 'overloaded keep healthy'],
  ['53200', coded('53200'), 'overloaded keep healthy'],
  ['57014', coded('57014'), 'overloaded keep healthy'],
  ['58030', coded('58030'), 'overloaded keep healthy'],
  ['connection', new Error('Client has encountered a connection error and is not queryable'), 'retry discard down'],
  ['connection', new Error('Client was closed and is not queryable'), 'retry discard down'],
  ['connection', new Error('Connection terminated unexpectedly'), 'uncertain discard down'],
  ['XX000', coded('XX000'), 'bug discard healthy'],
  ['25P02', coded('25P02'), 'bug discard healthy'],
  ['other', new TypeError('no number'), 'bug discard healthy'],
  ['other', 'a string', 'bug discard healthy'],
  ['23505', coded('23505'), 'bug keep healthy'],
  ['42601', coded('42601'), 'bug keep healthy'],

  ['breaker_open', noConnection('breaker_open'), 'retry discard unknown'],
  ['checkout', noConnection('checkout'), 'retryOtherHost discard unknown'],
  ['57P01', noConnection('57P01'), 'retry discard draining'],
  ['57P03', noConnection('57P03'), 'retry discard draining'],
  ['53300', noConnection('53300'), 'retryOtherHost discard healthy'],
  ['28P01', noConnection('28P01'), 'retry discard misconfigured'],
  ['3D000', noConnection('3D000'), 'retry discard misconfigured'],
  ['CERT_HAS_EXPIRED', noConnection('CERT_HAS_EXPIRED'), 'retry discard misconfigured'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', noConnection('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'retry discard misconfigured'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', noConnection('ERR_TLS_CERT_ALTNAME_INVALID'), 'retry discard misconfigured'],
  ['ECONNREFUSED', noConnection('ECONNREFUSED'), 'retry discard down'],
  ['connect', noConnection('connect'), 'retry discard down'],
]

test.each(known)('%s: %s', (cause, error, meaning) => {
  const failure = classifyFailure(error)
  expect(failure.cause).toBe(cause)
  expect(`${failure.statement} ${failure.connection} ${failure.host}`).toBe(meaning)
})

test('every row of the table is covered above', () => {
  const reached = new Set(known.map(([, error]) => classifyFailure(error).reason))
  expect(reached).toEqual(new Set([...connectFailures, ...statementFailures].map(({ reason }) => reason)))
})

test('no two rows have the same reason', () => {
  const reasons = [...connectFailures, ...statementFailures].map(({ reason }) => reason)
  expect(new Set(reasons).size).toBe(reasons.length)
})
