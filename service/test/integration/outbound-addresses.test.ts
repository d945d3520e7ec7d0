import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createNameResolver } from '../../src/adapters/outbound/resolve-name.ts'
import { startDns } from './dns-stand-in.ts'
import { type OddServer, startOddServer, whole } from './odd-server.ts'
import { openOutbound } from './outbound-setup.ts'

let allowed: OddServer
let secret: OddServer
const closers: (() => Promise<void>)[] = []
beforeEach(async () => {
  allowed = await startOddServer((socket) => socket.end(whole('public')))
  secret = await startOddServer((socket) => socket.end(whole('secret')), '127.0.0.2')
})
afterEach(async () => {
  for (const close of [allowed.close, secret.close, ...closers.splice(0)]) await close()
})

const dns = async (answer: Parameters<typeof startDns>[0]) => {
  const stand = await startDns(answer)
  closers.push(stand.close)
  return { ...stand, resolveName: createNameResolver({ askSystem: false, servers: [stand.server] }) }
}

test.each([
  ['an address', (port: number) => `http://127.0.0.2:${port}/`],
  ['one number', (port: number) => `http://2130706434:${port}/`],
  ['octal numbers', (port: number) => `http://0177.0.0.02:${port}/`],
  ['hexadecimal numbers', (port: number) => `http://0x7f.0.0.2:${port}/`],
  ['a short form', (port: number) => `http://127.2:${port}/`],
  ['full-width digits', (port: number) => `http://127.0.0.２:${port}/`],
  ['an IPv4-mapped address', (port: number) => `http://[::ffff:127.0.0.2]:${port}/`],
  ['an IPv4-mapped address in hexadecimal', (port: number) => `http://[::ffff:7f00:2]:${port}/`],
  ['an IPv6 loopback', (port: number) => `http://[::1]:${port}/`],
])('a private address is refused, written as %s, before anything is sent', async (_, url) => {
  const { outcome } = openOutbound()
  expect(await outcome(url(secret.port))).toBe('address_refused')
  expect(secret.requests).toEqual([])
})

test('a listed address is reached, also in another form', async () => {
  const { outcome } = openOutbound()
  for (const host of ['127.0.0.1', '127.1', '0x7f000001', '[::ffff:127.0.0.1]'])
    expect(await outcome(`http://${host}:${allowed.port}/`), host).toBe(200)
  expect(allowed.requests).toHaveLength(4)
})

describe('names', () => {
  test('a name server that answers with a private address the second time is asked once, and its first answer used', async () => {
    const { resolveName, asked } = await dns((_, type) =>
      type === 'A' ? [asked.length <= 2 ? '127.0.0.1' : '127.0.0.2'] : [],
    )
    const { get, outcome } = openOutbound({ resolveName })
    const answer = await get(`http://rebind.example:${allowed.port}/`)
    expect(Buffer.from(answer.body).toString()).toBe('public')
    expect(asked.sort()).toEqual(['A rebind.example', 'AAAA rebind.example'])
    // The next request asks again, and judges that answer.
    expect(await outcome(`http://rebind.example:${secret.port}/`)).toBe('address_refused')
    expect(asked).toHaveLength(4)
    expect(secret.requests).toEqual([])
  })

  test.each([
    ['first', ['127.0.0.2', '127.0.0.1']],
    ['last', ['127.0.0.1', '127.0.0.2']],
  ])('a name with a private address %s among its addresses is refused', async (_, addresses) => {
    const { resolveName } = await dns((__, type) => (type === 'A' ? addresses : []))
    expect(await openOutbound({ resolveName }).outcome(`http://mixed.example:${allowed.port}/`)).toBe('address_refused')
    expect(allowed.requests).toEqual([])
  })

  test('a private IPv6 address beside an allowed IPv4 address is refused', async () => {
    const { resolveName } = await dns((_, type) => (type === 'A' ? ['127.0.0.1'] : ['::ffff:127.0.0.2']))
    expect(await openOutbound({ resolveName }).outcome(`http://mixed.example:${allowed.port}/`)).toBe('address_refused')
  })

  test('a name whose IPv6 address does not answer is reached over IPv4', async () => {
    const { resolveName } = await dns((_, type) => (type === 'A' ? ['127.0.0.1'] : ['::1']))
    const { outcome } = openOutbound({ resolveName, privateNetworks: ['127.0.0.1', '::1'] })
    expect(await outcome(`http://both.example:${allowed.port}/`)).toBe(200)
  })

  test('a name with one kind of address is found even if the server fails for the other', async () => {
    const { resolveName } = await dns((_, type) => (type === 'A' ? ['127.0.0.1'] : 'servfail'))
    expect(await openOutbound({ resolveName }).outcome(`http://half.example:${allowed.port}/`)).toBe(200)
  })

  test('a name that does not exist, and name servers that fail, are told apart', async () => {
    const { resolveName } = await dns((name) => (name === 'broken.example' ? 'servfail' : 'nxdomain'))
    const { outcome } = openOutbound({ resolveName })
    expect(await outcome('http://none.example/')).toBe('name_not_found')
    expect(await outcome('http://broken.example/')).toBe('name_unresolved')
  })

  test('a name server that does not answer ends with the time of the request', async () => {
    const { resolveName } = await dns(() => 'silent')
    const startedAt = performance.now()
    expect(await openOutbound({ resolveName }).outcome('http://slow.example/', { timeoutMs: 300 })).toBe('timed_out')
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })

  test('the hosts file is read only where private networks are listed', async () => {
    const { server } = await dns(() => 'nxdomain')
    const resolveWith = (askSystem: boolean) => createNameResolver({ askSystem, servers: [server] })
    const url = `http://localhost:${allowed.port}/`
    const networks = ['127.0.0.1', '::1']
    expect(await openOutbound({ resolveName: resolveWith(true), privateNetworks: networks }).outcome(url)).toBe(200)
    expect(await openOutbound({ resolveName: resolveWith(false), privateNetworks: networks }).outcome(url)).toBe(
      'name_not_found',
    )
  })
})

describe('redirects', () => {
  const leading = async (...targets: string[]) => {
    const server = await startOddServer((socket, _, requests) =>
      socket.end(whole('', { status: '302 Found', headers: [`Location: ${targets[requests.length - 1] ?? '/'}`] })),
    )
    closers.push(server.close)
    return server
  }

  test('to a private address is refused', async () => {
    const server = await leading(`http://127.0.0.2:${secret.port}/`)
    expect(await openOutbound().outcome(`http://127.0.0.1:${server.port}/`)).toBe('address_refused')
    expect(secret.requests).toEqual([])
  })

  test('to a name is judged by that name’s addresses', async () => {
    const { resolveName } = await dns((_, type) => (type === 'A' ? ['127.0.0.2'] : []))
    const server = await leading(`http://inside.example:${secret.port}/`)
    expect(await openOutbound({ resolveName }).outcome(`http://127.0.0.1:${server.port}/`)).toBe('address_refused')
    expect(secret.requests).toEqual([])
  })

  test.each([
    ['another scheme', 'file:///etc/passwd', 'not_http'],
    ['a name and password', 'http://user:pw@127.0.0.1/', 'invalid_url'],
    ['a port of another service', 'http://127.0.0.1:25/', 'port_refused'],
    ['what is no URL', 'http://[', 'bad_response'],
  ])('to %s is refused', async (_, target, code) => {
    const server = await leading(target)
    expect(await openOutbound().outcome(`http://127.0.0.1:${server.port}/`)).toBe(code)
  })

  test('are followed up to the limit, and the answer says where it came from', async () => {
    const server = await leading('/a?x=1#y', 'b', `http://127.0.0.1:${allowed.port}/end`)
    const url = `http://127.0.0.1:${server.port}/start`
    const { get, outcome } = openOutbound()
    const answer = await get(url, { redirects: 3 })
    expect([answer.status, answer.url]).toEqual([200, `http://127.0.0.1:${allowed.port}/end`])
    expect(server.requests.map((head) => head.split(' ')[1])).toEqual(['/start', '/a?x=1', '/b'])
    const shorter = await leading('/a', '/b', '/c')
    expect(await outcome(`http://127.0.0.1:${shorter.port}/`, { redirects: 2 })).toBe('too_many_redirects')
    expect(shorter.requests).toHaveLength(3)
  })

  test('in a loop end', async () => {
    const server = await leading()
    expect(await openOutbound().outcome(`http://127.0.0.1:${server.port}/`)).toBe('too_many_redirects')
    expect(server.requests).toHaveLength(4)
  })
})
