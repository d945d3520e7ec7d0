import type { Delta } from '@repartee/sdk/protocol'

/** Sends a committed change to everyone subscribed to its thread. Called after each commit, in commit order. */
export type Publisher = { publish(siteId: string, delta: Delta): void }
