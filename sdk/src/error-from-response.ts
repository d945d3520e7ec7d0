import { type ErrorCode, isErrorCode, ReparteeError } from './protocol/errors.ts'

/**
 * The error a service sent, as a `ReparteeError`. `fallback` is the code where the service sent none,
 * or one that only a later version knows. `retryAfterMs` counts where the error itself has no such field.
 */
export const errorFromResponse = (sent: unknown, fallback: ErrorCode, retryAfterMs = 0): ReparteeError => {
  const { code, message, retryAfterMs: ownMs = retryAfterMs } = (sent ?? {}) as Partial<ReparteeError>
  return new ReparteeError(isErrorCode(code) ? code : fallback, message, ownMs > 0 ? { retryAfterMs: ownMs } : {})
}
