type CloseRule = { readonly reason: string; readonly reconnect: boolean }

/**
 * Why the server closes a WebSocket. The range alone tells a client what to do, so that an older client handles a newer
 * code: after 4000–4499 it reconnects and resumes, after 4500–4999 it does not come back unchanged.
 */
export const closeTable = {
  4000: { reason: 'draining', reconnect: true },
  4001: { reason: 'slow_consumer', reconnect: true },
  4002: { reason: 'hello_timeout', reconnect: true },
  4003: { reason: 'too_many_messages', reconnect: true },
  4004: { reason: 'overloaded', reconnect: true },
  4500: { reason: 'protocol_error', reconnect: false },
  4501: { reason: 'unsupported_version', reconnect: false },
  4502: { reason: 'site_not_found', reconnect: false },
  4503: { reason: 'origin_not_allowed', reconnect: false },
} as const satisfies Record<number, CloseRule>

export type CloseCode = keyof typeof closeTable

/** Whether a client should reconnect after this close code. After codes of WebSocket itself it should. */
export const shouldReconnect = (code: number): boolean => code < 4500 || code > 4999
