import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import type { AddressJudge } from './judge-address.ts'
import type { ResolveName } from './resolve-name.ts'

/** The host has an address to which the service may not connect. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError'
}

/** The name could not be resolved; the cause says why. */
export class NameError extends Error {
  override readonly name = 'NameError'
}

const CONNECT_MS = 5_000

/** A lookup that returns what was judged, so that no second answer of a name server is ever used. */
const answering = (addresses: readonly string[]): LookupFunction => {
  const found = addresses.map((address) => ({ address, family: isIP(address) }))
  return (_, options, callback) => {
    const [first] = found
    if (options.all === true) callback(null, found)
    else callback(null, first?.address ?? '', first?.family)
  }
}

/**
 * Connect only to addresses that pass the judge. A name is resolved once; one refused address among its addresses
 * refuses the name, since a stranger decides in which order they are tried.
 */
export const guardedConnect = (o: {
  judge: AddressJudge
  resolveName: ResolveName
  signal: AbortSignal
}): buildConnector.connector => {
  const addressesOf = async (hostname: string, port: number): Promise<string[]> => {
    // undici asks for address literals without brackets, and `net.connect` never asks a lookup for them.
    const addresses = isIP(hostname) !== 0 ? [hostname] : await o.resolveName(hostname, o.signal).catch(asNameError)
    if (addresses.length === 0) throw new NameError('no address')
    if (!addresses.every((address) => o.judge(address, port)))
      throw new AddressRefusedError('a private or reserved address')
    return addresses
  }
  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
    addressesOf(options.hostname, port).then(
      (addresses) => {
        const connect = buildConnector({
          timeout: CONNECT_MS,
          allowH2: false,
          rejectUnauthorized: true,
          lookup: answering(addresses),
          autoSelectFamily: true,
        })
        connect(options, callback)
      },
      (error: Error) => callback(error, null),
    )
  }
}

const asNameError = (cause: unknown): never => {
  throw new NameError('the name was not resolved', { cause })
}
