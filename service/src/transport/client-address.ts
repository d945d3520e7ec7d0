import { BlockList, isIP } from 'node:net'

/** The eight groups of an IPv6 address; `null` when it is malformed. */
const expand = (address: string): number[] | null => {
  const [head = '', tail] = address.split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const all = [...left, ...Array<string>(Math.max(0, zeros)).fill('0'), ...right].map((group) =>
    Number.parseInt(group, 16),
  )
  return all.length === 8 && all.every((group) => group >= 0 && group <= 0xffff) ? all : null
}

/** The canonical text of an address, with IPv4-mapped IPv6 as IPv4; `null` when it is not an address. */
export const normaliseAddress = (address: string): string | null => {
  const bare = address.trim().replace(/%.*$/, '').toLowerCase()
  const dotted = /^(?:0{0,4}:){2,5}:?ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1] ?? bare
  if (isIP(dotted) === 4) return dotted
  if (isIP(dotted) !== 6) return null
  const groups = expand(dotted)
  if (groups === null) return null
  const [high = 0, low = 0] = groups.slice(6)
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  return mapped
    ? `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
    : groups.map((group) => group.toString(16)).join(':')
}

/**
 * The part of an address that identifies a client: an IPv4 address, or the /64 of an IPv6 address, since a host has a
 * whole /64 and could otherwise change its address at will.
 */
export const networkOf = (address: string): string =>
  isIP(address) === 6 ? `${address.split(':').slice(0, 4).join(':')}::/64` : address

/** Parse trusted proxies; throws on an entry that is neither an address nor a CIDR range. */
export const trustedProxyList = (entries: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const entry of entries) {
    const [address = '', prefix, ...more] = entry.split('/')
    const family = isIP(address)
    const isRange = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
    if (family === 0 || !isRange || more.length > 0)
      throw new Error(`TRUSTED_PROXIES: ${entry} is neither an address nor a range`)
    const type = family === 4 ? 'ipv4' : 'ipv6'
    if (prefix === undefined) list.addAddress(address, type)
    else list.addSubnet(address, Number(prefix), type)
  }
  return list
}

const trusts = (proxies: BlockList, address: string): boolean =>
  proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Whether a connection comes from a trusted proxy. */
export const isTrustedPeer = (peer: string, proxies: BlockList): boolean => {
  const address = normaliseAddress(peer)
  return address !== null && trusts(proxies, address)
}

/**
 * The client's address: the peer or, when the peer is a trusted proxy, the last entry of X-Forwarded-For that is not a
 * trusted proxy itself. Entries to the left of it may be forged by the client.
 */
export const clientAddress = (peer: string, forwardedFor: string, proxies: BlockList): string => {
  let address = normaliseAddress(peer) ?? '0.0.0.0'
  for (const hop of forwardedFor.split(',').reverse()) {
    if (!trusts(proxies, address)) return address
    const next = normaliseAddress(hop)
    if (next === null) return address
    address = next
  }
  return address
}
