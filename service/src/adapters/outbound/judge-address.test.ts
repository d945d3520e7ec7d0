import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAddressJudge } from './judge-address.ts'

/*
 * The oracle is arithmetic on numbers, with the registries of IANA written out by hand: "IPv4 Special-Purpose Address
 * Registry" and "IPv6 Special-Purpose Address Registry" (2025), "IPv4 Multicast Address Space" and "IPv6 Address Space".
 */
type Block = readonly [address: string, bits: number]

const v4 = (dotted: string): bigint => dotted.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
const v6 = (text: string): bigint => {
  const [head = '', tail = ''] = text.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const all = text.includes('::')
    ? [...groups(head), ...Array<string>(8 - groups(head).length - groups(tail).length).fill('0'), ...groups(tail)]
    : groups(text)
  return all.reduce((sum, group) => sum * 0x10000n + BigInt(`0x${group}`), 0n)
}
const dotted = (n: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (n >> shift) & 255n).join('.')
const colons = (n: bigint): string =>
  Array.from({ length: 8 }, (_, i) => ((n >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':')

const rangeOf = (parse: (text: string) => bigint, width: number, [address, bits]: Block) => {
  const size = 1n << BigInt(width - bits)
  return { first: parse(address), last: parse(address) + size - 1n }
}

const refused4: readonly Block[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['168.63.129.16', 32],
]
/** Reachable in theory, by no page: the judge may answer either way. */
const either4: readonly Block[] = [
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.175.48.0', 24],
]
const refused6: readonly Block[] = [
  // All but 2000::/3.
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  // Of 2001::/23 what no more specific entry makes reachable.
  ['2001::', 32],
  ['2001:2::', 48],
  ['2001:10::', 28],
  ['2001:100::', 24],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]
const either6: readonly Block[] = [
  ['2001::', 23],
  ['2620:4f:8000::', 48],
]
/** Blocks of `::/3` in which the judgement goes by the IPv4 address in the last 32 bits. */
const mapped = v6('::ffff:0:0')
const nat64 = v6('64:ff9b::')

const ranges4 = refused4.map((block) => rangeOf(v4, 32, block))
const ranges6 = refused6.map((block) => rangeOf(v6, 128, block))
const inside = (n: bigint, ranges: readonly { first: bigint; last: bigint }[]): boolean =>
  ranges.some(({ first, last }) => n >= first && n <= last)
const free4 = either4.map((block) => rangeOf(v4, 32, block))
const free6 = either6.map((block) => rangeOf(v6, 128, block))

const judgePort = createAddressJudge([])
const judge = (address: string): boolean => judgePort(address, 8080)

/** Ways to write the same IPv4 address that a resolver or a URL may yield. */
const forms = (n: bigint): string[] => [
  dotted(n),
  `::ffff:${dotted(n)}`,
  `::FFFF:${dotted(n)}`,
  colons(mapped + n),
  `0:0:0:0:0:ffff:${(n >> 16n).toString(16)}:${(n & 0xffffn).toString(16)}`,
  colons(nat64 + n),
  `64:ff9b::${dotted(n)}`,
]

const expect4 = (n: bigint): void => {
  if (inside(n, free4)) return
  for (const form of forms(n)) expect(judge(form), form).toBe(!inside(n, ranges4))
}
const expect6 = (n: bigint): void => {
  if (inside(n, free6) && !inside(n, ranges6)) return
  const isEmbedding = [mapped, nat64].some((block) => n >= block && n <= block + 0xffffffffn)
  if (!isEmbedding) expect(judge(colons(n)), colons(n)).toBe(!inside(n, ranges6))
}

describe('without listed networks', () => {
  test('the first and last address of each special block are refused, and their neighbours belong to their own block', () => {
    for (const { first, last } of ranges4)
      for (const n of [first, last, first - 1n, last + 1n]) if (n >= 0n && n < 1n << 32n) expect4(n)
    for (const { first, last } of ranges6)
      for (const n of [first, last, first - 1n, last + 1n]) if (n >= 0n && n < 1n << 128n) expect6(n)
  })

  test('any address of a special block is refused, in every form', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ranges4), fc.bigInt(0n, (1n << 32n) - 1n), ({ first, last }, offset) =>
        expect4(first + (offset % (last - first + 1n))),
      ),
      { numRuns: 2_000 },
    )
    fc.assert(
      fc.property(fc.constantFrom(...ranges6), fc.bigInt(0n, (1n << 128n) - 1n), ({ first, last }, offset) =>
        expect6(first + (offset % (last - first + 1n))),
      ),
      { numRuns: 2_000 },
    )
  })

  test('any other address is allowed, in every form', () => {
    fc.assert(fc.property(fc.bigInt(0n, (1n << 32n) - 1n), expect4), { numRuns: 2_000 })
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 125n) - 1n), (n) => expect6((1n << 125n) + n)),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['loopback', '127.0.0.1', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '::127.0.0.1'],
    ['metadata of clouds', '169.254.169.254', '::ffff:a9fe:a9fe', 'fd00:ec2::254', '100.100.100.200', '192.0.0.192'],
    [
      '6to4 and Teredo, whatever they embed',
      '2002:7f00:1::',
      '2002:808:808::1',
      '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    ],
    ['local NAT64 and SIIT', '64:ff9b:1::a00:1', '::ffff:0:127.0.0.1', '::ffff:0:8.8.8.8'],
    ['site-local, link-local, unique local', 'fec0::1', 'fe80::1', 'fe80::1%eth0', 'fd12::1'],
    ['what is no address', '', 'localhost', '[::1]', '1.2.3', '8.8.8.8/32', '8.8.8.8 ', 'g::1'],
  ])('%s are refused', (_, ...addresses) => {
    for (const address of addresses) expect(judge(address), address).toBe(false)
  })

  test.each([
    '93.184.216.34',
    '8.8.8.8',
    '1.1.1.1',
    '2606:4700:4700::1111',
    '2a00:1450:4001:82f::200e',
    '64:ff9b::808:808',
  ])('%s is allowed', (address) => expect(judge(address)).toBe(true))
})

test('listed addresses and ranges are allowed, and nothing beside them', () => {
  const lenient = createAddressJudge(['10.1.0.0/16', '127.0.0.1', 'fd00:1::/32', '::1'])
  for (const address of ['10.1.0.0', '10.1.255.255', '127.0.0.1', '::ffff:10.1.2.3', 'fd00:1::9', '::1', '8.8.8.8'])
    expect(lenient(address, 8080), address).toBe(true)
  for (const address of ['10.0.255.255', '10.2.0.0', '127.0.0.2', '::2', 'fd00:2::1', '64:ff9b::a01:203'])
    expect(lenient(address, 8080), address).toBe(false)
})

test('a public address of this machine is reached at the ports of web servers only, in every form', () => {
  const own = createAddressJudge([], () => ['127.0.0.1', '93.184.216.34', '2a00:1450::1', 'fe80::1%eth0'])
  for (const form of [...forms(v4('93.184.216.34')), '2a00:1450:0:0::1']) {
    for (const port of [80, 443]) expect(own(form, port), form).toBe(true)
    for (const port of [22, 5_432, 8_080, 9_464]) expect(own(form, port), form).toBe(false)
  }
  expect(own('93.184.216.35', 9_464)).toBe(true)
  expect(own('127.0.0.1', 80)).toBe(false)
  expect(createAddressJudge(['93.184.216.0/24'], () => ['93.184.216.34'])('93.184.216.34', 9_464)).toBe(true)
})
