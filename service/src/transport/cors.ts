import type { HttpReply, HttpRequest } from './http.ts'

/**
 * Answer a preflight request (CORS protocol, Fetch standard). Every origin passes, because the actual request is checked
 * against the site's origins. Credentials are never allowed, because readers are identified by a bearer token.
 */
export const preflight = (request: HttpRequest, allow: string): HttpReply => ({
  status: 204,
  headers: {
    'access-control-allow-origin': request.header('origin') || '*',
    'access-control-allow-methods': allow,
    'access-control-allow-headers': 'authorization, content-type, traceparent',
    'access-control-max-age': '7200',
    vary: 'Origin',
    allow,
  },
})
