/** Everything only the admin API refuses, with the HTTP status that carries it. It shares the other codes with readers. */
export const adminErrorStatus = {
  /** The e-mail address and password, or the second factor, do not belong together. It never says which is wrong. */
  sign_in_failed: 401,
  /** The password was right; the session waits for its second factor. */
  second_factor_required: 401,
  /** The act is dangerous: prove again who you are, then repeat it. */
  step_up_required: 403,
  account_suspended: 403,
  /** Signing in needs HTTPS, except on localhost. */
  insecure_connection: 403,
  /** The request comes from a page that is not the dashboard. */
  cross_site_request: 403,
  sign_up_closed: 403,
  invitation_required: 403,
  object_not_found: 404,
  already_set_up: 409,
  /** Someone else changed the same thing first; `details.changed` lists what. */
  edit_conflict: 409,
  email_taken: 409,
  mail_not_configured: 409,
  site_limit_reached: 409,
  site_deleted: 409,
  email_invalid: 422,
  password_too_short: 422,
  password_too_long: 422,
  password_too_common: 422,
  password_wrong: 422,
  code_invalid: 422,
  /** A link was used already, has expired, or was never given out. */
  link_invalid: 422,
  passkey_invalid: 422,
  origin_invalid: 422,
  origin_is_dashboard: 422,
} as const satisfies Record<string, number>

export type AdminErrorCode = keyof typeof adminErrorStatus

/** Narrow an unknown value to a code of the admin API. */
export const isAdminErrorCode = (value: unknown): value is AdminErrorCode =>
  typeof value === 'string' && Object.hasOwn(adminErrorStatus, value)

/**
 * An expected refusal of the admin API. `message` is for developers and never holds secrets; people see a text chosen by
 * `code`. `details` is data for that text and for the client, such as what changed in the meantime.
 */
export class AdminError extends Error {
  override readonly name = 'AdminError'
  readonly code: AdminErrorCode
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(
    code: AdminErrorCode,
    message: string = code.replaceAll('_', ' '),
    options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details
  }

  get status(): number {
    return adminErrorStatus[this.code]
  }
}
