/** Raised on every change of a message a peer could misunderstand. */
export const PROTOCOL_VERSION = 1

/** The oldest client version this service still talks to. */
export const MIN_SUPPORTED_VERSION = 1

/** The WebSocket subprotocol both sides must name (RFC 6455 §1.9). */
export const SUBPROTOCOL = 'repartee.v1'
