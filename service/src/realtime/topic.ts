import type { ThreadRef } from '../core/ports/thread-store.ts'

/** The name of a thread's live feed, on the bus and among a node's sockets. */
export const topicOf = (ref: ThreadRef): string => `t:${ref.siteId}:${ref.threadId}`
