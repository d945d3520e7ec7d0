import { ReparteeError } from '@repartee/sdk/protocol'
import { AdminError } from '@repartee/sdk/protocol/admin'
import { errorBody } from '../core/error-body.ts'
import type { HttpReply } from './http.ts'

const adminReply = (error: AdminError): HttpReply => ({
  status: error.status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: JSON.stringify({
    error: {
      code: error.code,
      message: error.message,
      ...(error.details !== undefined && { details: error.details }),
    },
  }),
})

/** Turn a thrown value into a reply. Anything but an expected error is a bug, of which the client learns no details. */
export const toErrorReply = (thrown: unknown): { error: ReparteeError | AdminError; reply: HttpReply } => {
  if (thrown instanceof AdminError) return { error: thrown, reply: adminReply(thrown) }
  const error =
    thrown instanceof ReparteeError ? thrown : new ReparteeError('internal', 'internal error', { cause: thrown })
  return {
    error,
    reply: {
      status: error.status,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        // An error has only public information, and a page whose origin is refused should be able to read why.
        'access-control-allow-origin': '*',
        ...(error.retryable && {
          'retry-after': String(Math.max(1, Math.ceil((error.retryAfterMs ?? 1_000) / 1_000))),
        }),
      },
      body: JSON.stringify({ error: errorBody(error) }),
    },
  }
}
