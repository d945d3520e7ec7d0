import type { OutboxEntry } from '../contract.ts'

/** An entry, with the comment it became when that awaits approval. */
export type Entry = OutboxEntry & { readonly commentId: string | null }

/** Whether the entry may be stored without our knowing: its answer is awaited, or was lost. */
export const isUnsettled = ({ state, error }: OutboxEntry): boolean =>
  state === 'sending' || error === 'unavailable' || error === 'internal'

/** Whether the service may take a failed entry later, unchanged: it is sent again by itself. */
export const isWorthRetrying = ({ state, error }: OutboxEntry): boolean =>
  state === 'failed' && (error === 'unavailable' || error === 'rate_limited')
