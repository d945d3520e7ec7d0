import { type ErrorBody, ReparteeError } from '@repartee/sdk/protocol'

/** What a client is told of an error: code, message and retry delay of an expected one, no detail of a bug. */
export const errorBody = (thrown: unknown): ErrorBody => {
  const { code, message, retryAfterMs } =
    thrown instanceof ReparteeError ? thrown : new ReparteeError('internal', 'internal error')
  return { code, message, ...(retryAfterMs !== undefined && { retryAfterMs: Math.ceil(retryAfterMs) }) }
}
