import { type ErrorBody, ReparteeError } from '@repartee/sdk/protocol'

/** The error body for clients: code, message and retry delay of an expected error, no details of a bug. */
export const errorBody = (thrown: unknown): ErrorBody => {
  const { code, message, retryAfterMs } =
    thrown instanceof ReparteeError ? thrown : new ReparteeError('internal', 'internal error')
  return { code, message, ...(retryAfterMs !== undefined && { retryAfterMs: Math.ceil(retryAfterMs) }) }
}
