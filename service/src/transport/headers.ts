import type { HttpRequest } from 'uWebSockets.js'
import { isRequestHeader, type RequestHeader } from './request-headers.ts'

/**
 * Headers that decide who sends a request, for what, and where it ends. If one were repeated, a proxy and this service
 * might each use a different one.
 */
const ONCE: ReadonlySet<RequestHeader> = new Set(['host', 'origin', 'authorization', 'content-type', 'content-length'])

/** A request's headers, copied out of uWebSockets.js: `req` is dead once its handler returns. */
export type RequestHeaders = {
  /** Empty when absent. Throws on a name that is not in the table. */
  get(name: RequestHeader): string
  /** A header that may occur once and is repeated; `null` if there is none. */
  readonly repeated: string | null
}

/**
 * Read the headers of the table. Others are ignored, since they would not reach a node through a proxy. A repeated header
 * is one comma-separated list (RFC 9110 §5.3).
 */
export const readHeaders = (req: Pick<HttpRequest, 'forEach'>): RequestHeaders => {
  const values = new Map<RequestHeader, string>()
  let repeated: string | null = null
  req.forEach((name, value) => {
    if (!isRequestHeader(name)) return
    const previous = values.get(name)
    if (previous !== undefined && ONCE.has(name)) repeated = name
    values.set(name, previous === undefined ? value : `${previous},${value}`)
  })
  // Two statements about the length of the body (RFC 9112 §6.1).
  if (values.has('content-length') && values.has('transfer-encoding')) repeated = 'content-length'
  const get = (name: RequestHeader): string => {
    if (!isRequestHeader(name)) throw new Error(`${name}: not in the table of request headers`)
    return values.get(name) ?? ''
  }
  return { get, repeated }
}
