import { expect, test } from 'vitest'
import { trustedProxyList } from './client-address.ts'
import { requestIdOf } from './request-id.ts'

const proxies = trustedProxyList(['10.0.0.0/8', 'fd00::/8'])
const given = '0f6b1c2d3e4f5061728394a5b6c7d8e9'

test('the id of a trusted proxy is kept, also over an IPv4-mapped address', () => {
  expect(requestIdOf('10.1.2.3', given, proxies)).toBe(given)
  expect(requestIdOf('::ffff:10.1.2.3', given, proxies)).toBe(given)
  expect(requestIdOf('fd00:0:0:0:0:0:0:1', given, proxies)).toBe(given)
})

test('the id of any other peer is replaced with a new one each time', () => {
  const first = requestIdOf('192.0.2.1', given, proxies)
  expect(first).toMatch(/^[0-9a-f-]{36}$/)
  expect(requestIdOf('192.0.2.1', given, proxies)).not.toBe(first)
})

test('a malformed id is replaced, even from a trusted proxy', () => {
  for (const bad of ['', 'short', 'a'.repeat(65), '1234567\n{"level":"error"}', '"><script>alert(1)'])
    expect(requestIdOf('10.1.2.3', bad, proxies)).toMatch(/^[0-9a-f-]{36}$/)
})
