import { type ErrorBody, ReparteeError } from '@repartee/sdk/protocol'

/** What a client learns of anything thrown: of a refusal its code and when to come back, of a bug that there was one. */
export const errorBody = (thrown: unknown): ErrorBody => {
  const { code, message, retryAfterMs } =
    thrown instanceof ReparteeError ? thrown : new ReparteeError('internal', 'internal error')
  return { code, message, ...(retryAfterMs !== undefined && { retryAfterMs: Math.ceil(retryAfterMs) }) }
}
