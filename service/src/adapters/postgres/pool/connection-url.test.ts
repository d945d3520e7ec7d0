import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConnectionUrlError, parseConnectionUrl } from './connection-url.ts'

test('several hosts, ports, TLS files and an escaped password are parsed', () => {
  const url =
    'postgres://app:p%40ss%2Fword@db-1:26257,10.0.0.2,[::1]:26259/comments?sslmode=verify-full&sslrootcert=/c/ca.crt&sslcert=/c/app.crt&sslkey=/c/app.key'
  expect(parseConnectionUrl(url)).toEqual({
    addresses: [
      { host: 'db-1', port: 26_257 },
      { host: '10.0.0.2', port: 5_432 },
      { host: '::1', port: 26_259 },
    ],
    user: 'app',
    password: 'p@ss/word',
    database: 'comments',
    tls: { mode: 'verify-full', rootCert: '/c/ca.crt', cert: '/c/app.crt', key: '/c/app.key' },
    applicationName: 'repartee',
  })
})

test('a server on the same machine can be given by the folder of its socket', () => {
  expect(parseConnectionUrl('postgresql:///comments?host=/run/postgresql')).toMatchObject({
    addresses: [{ host: '/run/postgresql', port: 5_432 }],
    database: 'comments',
    tls: { mode: 'disable' },
  })
})

test.each([
  ['mysql://h/d'],
  ['postgres:///d'],
  ['postgres://h:99999/d'],
  ['postgres://h1,,h2/d'],
  ['postgres://h/d?sslmode=prefer'],
  ['postgres://h/d?sslmode=verify-full&sslcert=/only'],
  ['postgres://h/d?pool=9'],
  ['postgres://u:%zz@h/d'],
])('%s is rejected with a message that does not contain it', (url) => {
  expect(() => parseConnectionUrl(url)).toThrow(ConnectionUrlError)
  try {
    parseConnectionUrl(url)
  } catch (error) {
    expect(String(error)).not.toContain(url)
  }
})

test('any user, password and database survive escaping', async () => {
  const part = fc.string({ minLength: 1, unit: 'grapheme' })
  const parts = fc.record({ user: part, password: part, database: part })
  await fc.assert(
    fc.asyncProperty(parts, async (given) => {
      const [user = '', password = '', database = ''] = Object.values(given).map(encodeURIComponent)
      expect(parseConnectionUrl(`postgres://${user}:${password}@h/${database}`)).toMatchObject(given)
    }),
  )
})
