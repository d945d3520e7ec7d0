/**
 * Every request header that a node reads, by who writes it. A proxy in front of the nodes passes on these and no others,
 * so a header has to be listed here to work behind a proxy.
 *
 * - `client`: passed on as the client wrote it.
 * - `proxy`: always written by the proxy, never taken from the client.
 * - `message`: says where the body ends; each connection has its own.
 */
export const requestHeaders = {
  'accept-encoding': 'client',
  authorization: 'client',
  'content-length': 'message',
  'content-type': 'client',
  // The session of the dashboard and of sign-in. Readers use tokens.
  cookie: 'client',
  host: 'client',
  'if-none-match': 'client',
  origin: 'client',
  // Tells the dashboard's own requests from those of other pages.
  'sec-fetch-site': 'client',
  'sec-websocket-extensions': 'client',
  'sec-websocket-key': 'client',
  'sec-websocket-protocol': 'client',
  // Not read, but required in a handshake (RFC 6455 §4.1).
  'sec-websocket-version': 'client',
  traceparent: 'client',
  'transfer-encoding': 'message',
  // Names the device in the list of an account's sessions.
  'user-agent': 'client',
  'x-forwarded-for': 'proxy',
  'x-request-id': 'proxy',
} as const satisfies Readonly<Record<string, 'client' | 'proxy' | 'message'>>

/** A header that can be read. */
export type RequestHeader = keyof typeof requestHeaders

export const isRequestHeader = (name: string): name is RequestHeader => Object.hasOwn(requestHeaders, name)
