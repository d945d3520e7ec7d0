import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import { type Network, parseNetwork } from './private-networks.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** Whether the service may connect to a port of an address, given as text. */
export type AddressJudge = (address: string, port: number) => boolean

/**
 * All that IANA has allocated for global unicast. ipaddr.js 2.5 also calls unassigned blocks and IPv4-compatible
 * addresses (`::127.0.0.1`) unicast.
 */
const GLOBAL_UNICAST: Network = parseNetwork('2000::/3')
/** Addresses of IPv4 hosts behind NAT64 (RFC 6052 §2.1). */
const NAT64: Network = parseNetwork('64:ff9b::/96')
/** The wire server of Azure: a public address that means the machine's own host there, and hands out its secrets. */
const AZURE_WIRE_SERVER = '168.63.129.16'

const within = (address: Address, [network, bits]: Network): boolean =>
  address.kind() === network.kind() && address.match(network, bits)

/** Where the machine's own web server answers everyone. What listens elsewhere may be meant for the machine alone. */
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443])

const isPublic = (address: Address): boolean =>
  address.range() === 'unicast' &&
  (address.kind() === 'ipv4' ? address.toString() !== AZURE_WIRE_SERVER : within(address, GLOBAL_UNICAST))

/** The host that an address reaches: one that embeds an IPv4 address reaches that. */
const reachedBy = (text: string): Address => {
  const address = ipaddr.process(text)
  return within(address, NAT64) ? new ipaddr.IPv4(address.toByteArray().slice(-4)) : address
}

const addressesOfMachine = (): string[] =>
  Object.values(networkInterfaces()).flatMap((of) => (of ?? []).map(({ address }) => address))

/**
 * Create a judge that allows public addresses and the given private networks (addresses or CIDR ranges). A public
 * address of this machine is allowed at the usual ports of web servers only: a firewall in front of the machine does
 * not see connections to itself.
 */
export const createAddressJudge = (
  privateNetworks: readonly string[],
  ownAddresses: () => readonly string[] = addressesOfMachine,
): AddressJudge => {
  const listed = privateNetworks.map(parseNetwork)
  return (text, port) => {
    // ipaddr.js also reads short and octal forms.
    if (isIP(text) === 0) return false
    const literal = ipaddr.process(text)
    if (listed.some((network) => within(literal, network))) return true
    const address = reachedBy(text)
    if (!isPublic(address)) return false
    return WEB_PORTS.has(port) || !ownAddresses().some((own) => reachedBy(own).toString() === address.toString())
  }
}
