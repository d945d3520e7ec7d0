import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'
import { type LogEvent, parseLogLine } from './log-event.ts'
import { normalise } from './normalise.ts'

const event = (line: object): LogEvent => {
  const parsed = parseLogLine(JSON.stringify(line))
  if (parsed === null) throw new Error('unreadable')
  return parsed
}
const print = (line: object): string => fingerprintOf(event(line))

test('values that differ each time are left out: ids, numbers, times, addresses, site keys', () => {
  expect(normalise('thread 0198c0de-0000-7000-8000-00000000abcd waited 12.5ms at 2026-01-02T03:04:05.678Z')).toBe(
    'thread <id> waited <n>ms at <time>',
  )
  expect(normalise('connect ECONNREFUSED 10.1.2.3:26257')).toBe('connect ECONNREFUSED <address>')
  expect(normalise('connect ECONNREFUSED [fd00::1:2]:5432, ::1 and 2001:db8:0:1:2:3:4:5/64')).toBe(
    'connect ECONNREFUSED <address>, <address> and <address>',
  )
  expect(normalise('/api/v1/sites/my-blog/threads/0198c0de-0000-7000-8000-00000000abcd/changes')).toBe(
    '/api/v1/sites/<site>/threads/<id>/changes',
  )
  expect(normalise('request 0f6b1c2d3e4f5061728394a5b6c7d8e9 of /w/core-Ab12.js')).toBe('request <hex> of /w/<file>')
})

test('words that only look like numbers stay', () => {
  expect(normalise('SQLSTATE 57P01 from sha1 on http2 with utf8')).toBe('SQLSTATE 57P01 from sha1 on http2 with utf8')
})

test('every address, id, time and number is replaced by the same word', async () => {
  const told = (what: string) => normalise(`could not reach ${what}, trying again`)
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.tuple(fc.ipV4(), fc.nat(65_535)).map((parts) => parts.join(':')),
  )
  await fc.assert(
    fc.asyncProperty(address, async (what) => {
      expect(told(what)).toBe('could not reach <address>, trying again')
    }),
  )
  for (const [kind, word] of [
    [fc.uuid(), '<id>'],
    [fc.integer().map(String), '<n>'],
    [
      fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }).map((date) => date.toISOString()),
      '<time>',
    ],
  ] as const)
    await fc.assert(
      fc.asyncProperty(kind, async (what) => {
        expect(told(what)).toBe(`could not reach ${word}, trying again`)
      }),
    )
})

test('lines that differ only in numbers and ids are grouped, lines that differ in a code are not', () => {
  const request = { msg: 'request', source: 'nginx', method: 'GET', path: '/embed.js', status: 200 }
  expect(print({ ...request, seconds: 0.1, bytes: 7, network: '192.0.2.0', upstream: '10.0.0.1:80' })).toBe(
    print({ ...request, seconds: 2.5, bytes: 9, network: '198.51.100.0', upstream: '10.0.0.2:80' }),
  )
  expect(print({ ...request, status: 503 })).not.toBe(print(request))
  expect(print({ msg: 'retry', cause: '40001' })).not.toBe(print({ msg: 'retry', cause: '57P01' }))
})

test('errors are distinguished by type, code, message and function, not by line numbers', () => {
  const error = (line: number, folder: string) => ({
    type: 'TypeError',
    code: 'E_X',
    message: `no field of ${line}`,
    stack: `TypeError: no field\n    at readRow (${folder}/row.ts:${line}:7)\n    at node:internal/x:1:2`,
  })
  expect(print({ msg: 'request failed', route: 'a', error: error(1, '/srv') })).toBe(
    'request failed error=TypeError(E_X): no field of <n> at readRow row.ts route=a',
  )
  expect(print({ msg: 'm', error: error(1, '/srv') })).toBe(print({ msg: 'm', error: error(99, '/opt/x') }))
  expect(print({ msg: 'm', error: error(3, '/srv').stack })).toBe('m error=TypeError: no field at readRow row.ts')
})

test('a line cannot send control characters to the terminal', () => {
  const shown = print({ msg: 'a\u001b[2Jb\nc', 'k\u202e': 'v\u0007w' })
  expect(shown).toBe('a [2Jb c k =v w')
})
