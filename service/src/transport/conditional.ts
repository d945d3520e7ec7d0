import { createHash } from 'node:crypto'
import type { HttpReply, HttpRequest } from './http.ts'

/**
 * The entity tag of a body. It is weak: the body as it is, its gzip and its Brotli form have one tag, and a strong one
 * would claim that their bytes are equal (RFC 9110 §8.8.3).
 */
export const entityTag = (body: string | Uint8Array): string =>
  `W/"${createHash('sha1').update(body).digest('base64url')}"`

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '')

/** Answer 304 if the client has this body already (RFC 9110 §13.1.2), else the reply with its entity tag. */
export const conditional = (request: HttpRequest, reply: HttpReply, etag = entityTag(reply.body ?? '')): HttpReply => {
  const tags = request.header('if-none-match').split(',').map(opaque)
  const headers = { ...reply.headers, etag }
  return tags.includes('*') || tags.includes(opaque(etag)) ? { status: 304, headers } : { ...reply, headers }
}
