import type { Comment } from '@repartee/sdk/protocol'
import { errorTable, isErrorCode } from '@repartee/sdk/protocol'

/** The outcome of one attempt to post. */
export type Answer =
  | { readonly type: 'stored'; readonly comment: Pick<Comment, 'id' | 'createdSeq'> }
  | { readonly type: 'again'; readonly cause: string; readonly afterMs: number }
  | { readonly type: 'refused'; readonly code: string }

/** Sends a poster's comments. `send` never rejects. */
export type Sender = {
  send(request: { key: string; thread: string; body: string; parentId: string | null }): Promise<Answer>
  close(): void
}

const isRetryable = (code: string): boolean => isErrorCode(code) && errorTable[code].retryable

/** Interpret a refusal of the service as the SDK does. */
export const fromRefusal = (error: { code: string; message: string; retryAfterMs?: number | undefined }): Answer =>
  isRetryable(error.code)
    ? { type: 'again', cause: error.code, afterMs: error.retryAfterMs ?? 0 }
    : { type: 'refused', code: `${error.code}: ${error.message}` }
