import type { OutboxEntry } from '../contract.ts'

/** An entry of the outbox. `commentId` is set when the comment is stored and awaits approval. */
export type Entry = OutboxEntry & { readonly commentId: string | null }

/** Whether the service may have stored the comment without the client knowing: the answer is awaited or was lost. */
export const isUnconfirmed = ({ state, error }: OutboxEntry): boolean =>
  state === 'sending' || error === 'unavailable' || error === 'internal'

/** Whether the service may accept a failed entry later, unchanged. Such an entry is sent again automatically. */
export const isRetryable = ({ state, error }: OutboxEntry): boolean =>
  state === 'failed' && (error === 'unavailable' || error === 'rate_limited')
