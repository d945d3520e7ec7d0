import type { OutboundFailure } from '../../core/ports/outbound.ts'
import { AddressRefusedError, NameError } from './guarded-connect.ts'
import { codeOf } from './resolve-name.ts'

type Known = { readonly code: OutboundFailure; readonly detail: string | null }

const failures: Readonly<Record<string, OutboundFailure>> = {
  UND_ERR_CONNECT_TIMEOUT: 'timed_out',
  UND_ERR_HEADERS_TIMEOUT: 'timed_out',
  UND_ERR_BODY_TIMEOUT: 'timed_out',
  UND_ERR_HEADERS_OVERFLOW: 'headers_too_large',
  ECONNREFUSED: 'connection_failed',
  ECONNRESET: 'connection_failed',
  EPIPE: 'connection_failed',
  EHOSTUNREACH: 'connection_failed',
  ENETUNREACH: 'connection_failed',
  EADDRNOTAVAIL: 'connection_failed',
  EACCES: 'connection_failed',
  ETIMEDOUT: 'timed_out',
  /** The other side closed the connection. */
  UND_ERR_SOCKET: 'connection_failed',
}

/** Codes of OpenSSL and of Node.js's checks of certificates. */
const TLS =
  /^(?:ERR_(?:TLS|SSL|OSSL)_|EPROTO$|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH$|INVALID_(?:CA|PURPOSE)$|PATH_LENGTH_EXCEEDED$)/

/** Where several addresses were tried, the error holds one for each. */
const firstOf = (error: unknown): unknown => (error instanceof AggregateError ? (error.errors[0] as unknown) : error)

/** What an error of the request, or of reading its body, means. */
export const failureOf = (thrown: unknown): Known => {
  if (thrown instanceof AddressRefusedError) return { code: 'address_refused', detail: null }
  if (thrown instanceof NameError) {
    const detail = codeOf(thrown.cause)
    const isMissing = detail === null || detail === 'ENOTFOUND' || detail === 'ENODATA'
    return { code: isMissing ? 'name_not_found' : 'name_unresolved', detail }
  }
  const error = firstOf(thrown)
  const detail = codeOf(error)
  if (detail !== null && TLS.test(detail)) return { code: 'tls_failed', detail }
  return { code: failures[detail ?? ''] ?? 'bad_response', detail }
}
