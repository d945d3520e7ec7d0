import { expect, test } from 'vitest'
import { checkOrigin, isAllowedOrigin } from './check-origin.ts'

const origins = ['https://blog.example', 'https://xn--bcher-kva.example:8443', 'http://[::1]:3000']
const HOST = 'comments.example'

test('an origin is allowed if it equals one that the site lists', () => {
  for (const origin of origins) expect(isAllowedOrigin(origins, origin, HOST)).toBe(true)
})

test('a request without an origin is allowed', () => {
  expect(() => checkOrigin(origins, null, HOST)).not.toThrow()
  expect(() => checkOrigin([], null, undefined)).not.toThrow()
})

test.each([
  ['the opaque origin', 'null'],
  ['an empty value', ''],
  ['the word self', 'self'],
  ['another scheme', 'http://blog.example'],
  ['a port', 'https://blog.example:8443'],
  ['the default port spelt out', 'https://blog.example:443'],
  ['a missing port', 'https://xn--bcher-kva.example'],
  ['a subdomain', 'https://www.blog.example'],
  ['the name as a prefix', 'https://blog.example.evil.test'],
  ['the name as a suffix', 'https://evilblog.example'],
  ['user information', 'https://blog.example@evil.test'],
  ['a path', 'https://blog.example/'],
  ['a trailing dot', 'https://blog.example.'],
  ['upper case', 'https://BLOG.example'],
  ['unicode for punycode', 'https://bücher.example:8443'],
  ['a homograph', 'https://blоg.example'],
  ['two origins', 'https://blog.example, https://evil.test'],
  ['surrounding space', ' https://blog.example'],
  ['a null byte', 'https://blog.example\u0000'],
  ['the service itself, which is not listed', 'https://comments.example'],
])('%s is another origin', (_, origin) => {
  expect(() => checkOrigin([...origins], origin, HOST)).toThrow(expect.objectContaining({ code: 'origin_not_allowed' }))
})

test('self is the host the request was sent to, and no other', () => {
  const self = ['self']
  expect(isAllowedOrigin(self, 'https://comments.example', HOST)).toBe(true)
  expect(isAllowedOrigin(self, 'http://127.0.0.1:8080', '127.0.0.1:8080')).toBe(true)
  for (const origin of ['https://blog.example', 'self', 'null', 'ftp://comments.example', 'https://comments.example.'])
    expect(isAllowedOrigin(self, origin, HOST)).toBe(false)
  expect(isAllowedOrigin(self, 'http://127.0.0.1:8081', '127.0.0.1:8080')).toBe(false)
  expect(isAllowedOrigin(self, 'https://', '')).toBe(false)
  expect(isAllowedOrigin(self, 'https://undefined', undefined)).toBe(false)
})
