import ipaddr from 'ipaddr.js'

/** An address and how many of its bits count. */
export type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** ipaddr.js also reads `127.1` and `0x7f.0.0.1`, which in a list are typing errors. */
const isPlain = (address: string): boolean =>
  address.includes(':')
    ? /^[\da-f:.]+$/i.test(address) && ipaddr.IPv6.isValid(address)
    : ipaddr.IPv4.isValidFourPartDecimal(address)

/** Parse an address or a CIDR range. Throws when it is neither. */
export const parseNetwork = (entry: string): Network => {
  const [address = '', prefix, ...more] = entry.split('/')
  const parsed = isPlain(address) && more.length === 0 ? ipaddr.parse(address) : null
  const longest = parsed?.kind() === 'ipv4' ? 32 : 128
  const bits = prefix === undefined ? longest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
  if (parsed === null || !(bits <= longest)) throw new Error(`${entry} is neither an address nor a range`)
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress())
    throw new Error(`${entry}: write it as an IPv4 address`)
  return [parsed, bits]
}
