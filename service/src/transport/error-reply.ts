import { ReparteeError } from '@repartee/sdk/protocol'
import { errorBody } from '../core/error-body.ts'
import type { HttpReply } from './http.ts'

/** Turn a thrown value into its answer. What is not an expected refusal is a bug: the client learns nothing of it. */
export const refusal = (thrown: unknown): { error: ReparteeError; reply: HttpReply } => {
  const error =
    thrown instanceof ReparteeError ? thrown : new ReparteeError('internal', 'internal error', { cause: thrown })
  return {
    error,
    reply: {
      status: error.status,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        // A refusal tells nothing that is not public, and a page whose origin is refused should be able to read why.
        'access-control-allow-origin': '*',
        ...(error.retryable && {
          'retry-after': String(Math.max(1, Math.ceil((error.retryAfterMs ?? 1_000) / 1_000))),
        }),
      },
      body: JSON.stringify({ error: errorBody(error) }),
    },
  }
}
