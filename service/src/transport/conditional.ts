import { createHash } from 'node:crypto'
import type { HttpReply, HttpRequest } from './http.ts'

/** Give a reply an ETag of its bytes, and answer 304 when the client has them (RFC 9110 §13.1.2). */
export const conditional = (request: HttpRequest, reply: HttpReply): HttpReply => {
  const etag = `W/"${createHash('sha1')
    .update(reply.body ?? '')
    .digest('base64url')}"`
  const known = request
    .header('if-none-match')
    .split(',')
    .some((tag) => tag.trim() === etag)
  const headers = { ...reply.headers, etag }
  return known ? { status: 304, headers } : { ...reply, headers }
}
