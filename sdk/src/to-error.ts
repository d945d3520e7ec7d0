import { type ErrorCode, isErrorCode, ReparteeError } from './protocol/errors.ts'

/** The error a service answered with; `fallback` where it is none, or has a code of a later version. */
export const refusalOf = (answered: unknown, fallback: ErrorCode, afterMs = 0): ReparteeError => {
  const { code, message, retryAfterMs = afterMs } = (answered ?? {}) as Partial<ReparteeError>
  return new ReparteeError(isErrorCode(code) ? code : fallback, message, retryAfterMs > 0 ? { retryAfterMs } : {})
}
