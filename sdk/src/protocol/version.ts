/** Raised with every change that a peer could misunderstand. */
export const PROTOCOL_VERSION = 1

/** The oldest client version that the service supports. */
export const MIN_SUPPORTED_VERSION = 1

/** The WebSocket subprotocol that both sides must name (RFC 6455 §1.9). */
export const SUBPROTOCOL = 'repartee.v1'
