import { describe, expect, test } from 'vitest'
import { clientAddress, networkOf, normaliseAddress, trustedProxyList } from './client-address.ts'

const proxies = trustedProxyList(['10.0.0.0/8', '127.0.0.1', 'fd00::/8'])

describe('the client’s address', () => {
  test.each([
    ['without a proxy the header is ignored', '203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['the entry of a trusted proxy', '10.0.0.1', '203.0.113.7', '203.0.113.7'],
    ['entries before the one of a trusted proxy are not trusted', '10.0.0.1', '1.1.1.1, 203.0.113.7', '203.0.113.7'],
    ['several trusted proxies in a row', '10.0.0.1', '1.1.1.1, 203.0.113.7, 10.2.3.4, 127.0.0.1', '203.0.113.7'],
    ['a client that claims to be a proxy', '10.0.0.1', '1.1.1.1, 10.9.9.9', '1.1.1.1'],
    ['a malformed entry ends the search at the proxy that wrote it', '10.0.0.1', '203.0.113.7, unknown', '10.0.0.1'],
    ['an empty header', '10.0.0.1', '', '10.0.0.1'],
    ['an IPv6 proxy and client', 'fd00::1', '2001:db8::7', '2001:db8:0:0:0:0:0:7'],
    ['IPv4 in IPv6, both ways it is written', '::ffff:10.0.0.1', '::ffff:cb00:7107', '203.0.113.7'],
    ['no address', '', '203.0.113.7', '0.0.0.0'],
  ])('%s', (_name, peer, forwarded, expected) => {
    expect(clientAddress(peer, forwarded, proxies)).toBe(expected)
  })

  test('a header of thousands of hops is read in one pass', () => {
    const hops = `203.0.113.7,${'10.0.0.2,'.repeat(1_700)}10.0.0.3`
    expect(clientAddress('10.0.0.1', hops, proxies)).toBe('203.0.113.7')
  })
})

describe('the network that a rate limit counts', () => {
  test('is the address in IPv4, and the whole /64 in IPv6, so that another address in it is not another client', () => {
    const of = (text: string): string => networkOf(normaliseAddress(text) ?? '')
    expect(of('203.0.113.7')).toBe('203.0.113.7')
    expect(of('203.0.113.8')).not.toBe(of('203.0.113.7'))
    expect(of('2001:db8:1:2::1')).toBe(of('2001:db8:1:2:ffff:ffff:ffff:ffff'))
    expect(of('2001:db8:1:3::1')).not.toBe(of('2001:db8:1:2::1'))
    expect(of('2001:DB8:1:2:0::9%eth0')).toBe(of('2001:db8:1:2::1'))
    expect(of('::ffff:203.0.113.7')).toBe('203.0.113.7')
  })
})

test('a proxy that is neither an address nor a range is refused when the service starts', () => {
  for (const entry of ['proxy.example', '10.0.0', '10.0.0.0/33', '']) expect(() => trustedProxyList([entry])).toThrow()
})
