import { randomUUID } from 'node:crypto'
import type { BlockList } from 'node:net'
import { isTrustedPeer } from './client-address.ts'

/** What proxies make of themselves: nginx writes 32 hex digits, others UUIDs. */
const WELL_FORMED = /^[\w.-]{8,64}$/

/**
 * The id under which one request is found in every log. A trusted proxy's is kept; anybody else's is replaced, or a
 * client could write into the logs and pass for another request.
 */
export const requestIdOf = (peer: string, given: string, proxies: BlockList): string =>
  WELL_FORMED.test(given) && isTrustedPeer(peer, proxies) ? given : randomUUID()
