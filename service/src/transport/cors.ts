import type { HttpReply, HttpRequest } from './http.ts'

/**
 * Answer a preflight (Fetch standard, CORS protocol). It grants nothing by itself: the request that follows is checked
 * against the site's own list of origins. Credentials are never allowed, since identity is a bearer token.
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
