import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { type Network, parseNetwork } from './private-networks.ts'

/** Whether the service may connect to an address, given as text. */
export type AddressJudge = (address: string) => boolean

/**
 * All that IANA has allocated for global unicast. ipaddr.js 2.5 also calls unassigned blocks and IPv4-compatible
 * addresses (`::127.0.0.1`) unicast.
 */
const GLOBAL_UNICAST: Network = parseNetwork('2000::/3')
/** Addresses of IPv4 hosts behind NAT64 (RFC 6052 §2.1). */
const NAT64: Network = parseNetwork('64:ff9b::/96')
/** The wire server of Azure: a public address that means the machine's own host there, and hands out its secrets. */
const AZURE_WIRE_SERVER = '168.63.129.16'

const within = (address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Network): boolean =>
  address.kind() === network.kind() && address.match(network, bits)

const isPublic = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean => {
  if (address.kind() === 'ipv4') return address.range() === 'unicast' && address.toString() !== AZURE_WIRE_SERVER
  if (within(address, NAT64)) return isPublic(new ipaddr.IPv4(address.toByteArray().slice(-4)))
  return within(address, GLOBAL_UNICAST) && address.range() === 'unicast'
}

/** Create a judge that allows public addresses and the given private networks (addresses or CIDR ranges). */
export const createAddressJudge = (privateNetworks: readonly string[]): AddressJudge => {
  const listed = privateNetworks.map(parseNetwork)
  return (text) => {
    // ipaddr.js also reads short and octal forms.
    if (isIP(text) === 0) return false
    // An IPv4-mapped IPv6 address reaches the IPv4 host.
    const address = ipaddr.process(text)
    return listed.some((network) => within(address, network)) || isPublic(address)
  }
}
