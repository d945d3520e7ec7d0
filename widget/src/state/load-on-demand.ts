import type { Client } from '@repartee/sdk'
import { createPermalinkLoader, type PermalinkLoader } from './permalink-loader.ts'
import { createRepliesLoader, type RepliesLoader } from './replies-loader.ts'
import type { Store } from './view-store.ts'

/** Loads what the pages of a thread leave out. A chunk of its own, fetched when the reader asks for such a thing. */
export type OnDemandLoader = RepliesLoader & PermalinkLoader

/** Load replies that a page leaves out, and comments that a permalink names. */
export const createOnDemandLoader = (client: Client, store: Store, signal: AbortSignal): OnDemandLoader => ({
  ...createRepliesLoader(client, store, signal),
  ...createPermalinkLoader(client, store, signal),
})
