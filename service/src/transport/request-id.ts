import { randomUUID } from 'node:crypto'
import type { BlockList } from 'node:net'
import { isTrustedPeer } from './client-address.ts'

/** The forms proxies generate: nginx writes 32 hex digits, others write UUIDs. */
const WELL_FORMED = /^[\w.-]{8,64}$/

/**
 * The id that identifies a request in every log. Only a trusted proxy may set it. Otherwise a client could write into
 * the logs or reuse the id of another request.
 */
export const requestIdOf = (peer: string, header: string, proxies: BlockList): string =>
  WELL_FORMED.test(header) && isTrustedPeer(peer, proxies) ? header : randomUUID()
