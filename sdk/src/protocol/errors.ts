/** Everything a request can be refused with, and the HTTP status that carries it. WebSocket has the same codes. */
export const errorStatus = {
  invalid_request: 400,
  malformed_json: 400,
  unknown_command: 400,
  unknown_field: 400,
  hello_required: 400,
  unsupported_version: 400,
  unauthenticated: 401,
  token_invalid: 401,
  token_expired: 401,
  credential_invalid: 401,
  forbidden: 403,
  origin_not_allowed: 403,
  guests_not_allowed: 403,
  edit_window_closed: 403,
  route_not_found: 404,
  site_not_found: 404,
  thread_not_found: 404,
  comment_not_found: 404,
  method_not_allowed: 405,
  key_reused: 409,
  thread_closed: 409,
  comment_deleted: 409,
  payload_too_large: 413,
  unsupported_media_type: 415,
  body_blank: 422,
  body_too_long: 422,
  name_invalid: 422,
  parent_not_found: 422,
  parent_unavailable: 422,
  too_many_links: 422,
  blocked_words: 422,
  duplicate_comment: 422,
  unknown_reaction: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const satisfies Record<string, number>

export type ErrorCode = keyof typeof errorStatus

/** Narrow an unknown value to a code of this protocol version. */
export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(errorStatus, value)

/**
 * An expected refusal. `message` is for developers and never holds secrets or what a reader wrote. Readers see a text
 * chosen by `code`. The default message is the code in words: `comment not found`.
 */
export class ReparteeError extends Error {
  override readonly name = 'ReparteeError'
  readonly code: ErrorCode
  /** Wait at least this long before trying again. Only with retryable codes. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: ErrorCode,
    message: string = code.replaceAll('_', ' '),
    options: { cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }

  get status(): number {
    return errorStatus[this.code]
  }

  /** Whether the same request, unchanged, may succeed later. */
  get retryable(): boolean {
    return this.status === 429 || this.status === 503
  }
}
