type ErrorRule = {
  /** HTTP status that carries this code. */
  readonly status: number
  /** Whether the same request, unchanged, may succeed later. */
  readonly retryable: boolean
}

/** The closed table of everything a request can be refused with, the same over HTTP and WebSocket. */
export const errorTable = {
  invalid_request: { status: 400, retryable: false },
  malformed_json: { status: 400, retryable: false },
  unknown_command: { status: 400, retryable: false },
  unknown_field: { status: 400, retryable: false },
  hello_required: { status: 400, retryable: false },
  unsupported_version: { status: 400, retryable: false },
  unauthenticated: { status: 401, retryable: false },
  token_invalid: { status: 401, retryable: false },
  token_expired: { status: 401, retryable: false },
  credential_invalid: { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  origin_not_allowed: { status: 403, retryable: false },
  guests_not_allowed: { status: 403, retryable: false },
  edit_window_closed: { status: 403, retryable: false },
  route_not_found: { status: 404, retryable: false },
  site_not_found: { status: 404, retryable: false },
  thread_not_found: { status: 404, retryable: false },
  comment_not_found: { status: 404, retryable: false },
  method_not_allowed: { status: 405, retryable: false },
  key_reused: { status: 409, retryable: false },
  thread_closed: { status: 409, retryable: false },
  comment_deleted: { status: 409, retryable: false },
  payload_too_large: { status: 413, retryable: false },
  unsupported_media_type: { status: 415, retryable: false },
  body_blank: { status: 422, retryable: false },
  body_too_long: { status: 422, retryable: false },
  name_invalid: { status: 422, retryable: false },
  parent_not_found: { status: 422, retryable: false },
  parent_unavailable: { status: 422, retryable: false },
  too_many_links: { status: 422, retryable: false },
  blocked_words: { status: 422, retryable: false },
  duplicate_comment: { status: 422, retryable: false },
  unknown_reaction: { status: 422, retryable: false },
  rate_limited: { status: 429, retryable: true },
  internal: { status: 500, retryable: false },
  unavailable: { status: 503, retryable: true },
} as const satisfies Record<string, ErrorRule>

export type ErrorCode = keyof typeof errorTable

/** Narrow an unknown value to a code of this protocol version. */
export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(errorTable, value)

/**
 * An expected refusal. `message` is for developers and never holds secrets or what a reader wrote;
 * people see a text chosen by `code`.
 */
export class ReparteeError extends Error {
  override readonly name = 'ReparteeError'
  readonly code: ErrorCode
  /** Wait at least this long before trying again; only with retryable codes. */
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string = code, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }

  get status(): number {
    return errorTable[this.code].status
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable
  }
}
