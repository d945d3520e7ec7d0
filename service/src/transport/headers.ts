import type { HttpRequest } from 'uWebSockets.js'
import { isRequestHeader, type RequestHeader } from './request-headers.ts'

/**
 * Headers that decide who asks, for what, and where the request ends: two of one could be read differently by a proxy and
 * by this service.
 */
const ONCE: ReadonlySet<RequestHeader> = new Set(['host', 'origin', 'authorization', 'content-type', 'content-length'])

/** A request's headers, copied out of uWebSockets.js: `req` is dead once its handler returns. */
export type RequestHeaders = {
  /** Empty when absent. Throws on a name that is not in the table. */
  get(name: RequestHeader): string
  /** A header that must stand once and stands more often; `null` in good requests. */
  readonly repeated: string | null
}

/**
 * Read the headers of the table; no others are there, as none reach a node through a proxy. A list that stands in several
 * lines is one list (RFC 9110 §5.3).
 */
export const readHeaders = (req: Pick<HttpRequest, 'forEach'>): RequestHeaders => {
  const values = new Map<RequestHeader, string>()
  let repeated: string | null = null
  req.forEach((name, value) => {
    if (!isRequestHeader(name)) return
    const before = values.get(name)
    if (before !== undefined && ONCE.has(name)) repeated = name
    values.set(name, before === undefined ? value : `${before},${value}`)
  })
  // Two words about the length of the body (RFC 9112 §6.1).
  if (values.has('content-length') && values.has('transfer-encoding')) repeated = 'content-length'
  const get = (name: RequestHeader): string => {
    if (!isRequestHeader(name)) throw new Error(`${name}: not in the table of request headers`)
    return values.get(name) ?? ''
  }
  return { get, repeated }
}
