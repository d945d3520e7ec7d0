import type { Delta } from '@repartee/sdk/protocol'

/** Tells everybody who listens to a thread what was committed. Called in commit order, never before the commit. */
export type Publisher = { publish(siteId: string, delta: Delta): void }
