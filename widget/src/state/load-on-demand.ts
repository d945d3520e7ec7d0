import type { Client } from '@repartee/sdk'
import { createLinked, type Linked } from './linked.ts'
import { createReplies, type RepliesLoader } from './replies.ts'
import type { Store } from './store.ts'

/** What a reader may ask for beyond the pages of a thread; loaded when that happens. */
export type Beyond = RepliesLoader & Linked

/** Fetches replies a page leaves out, and comments a permalink names. */
export const createBeyond = (client: Client, store: Store, signal: AbortSignal): Beyond => ({
  ...createReplies(client, store, signal),
  ...createLinked(client, store, signal),
})
