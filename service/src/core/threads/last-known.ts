import { ReparteeError, type Snapshot } from '@repartee/sdk/protocol'
import { LRUCache } from 'lru-cache'
import { sizeOfPage } from './page-cache.ts'

/** What was last shown of each listing, for the time the database is away. Bounded by memory. */
export type LastKnown = {
  /**
   * What `read` answers, and remember it. When the store is away, what was remembered under this key, marked stale; the
   * refusal when nothing was.
   */
  orStale(key: string, read: () => Promise<Snapshot>): Promise<Snapshot>
}

/** Make a memory of at most about `maxBytes`; it holds nothing that only one reader may see. */
export const createLastKnown = (o: { maxBytes: number }): LastKnown => {
  const snapshots = new LRUCache<string, Snapshot>({ maxSize: Math.max(1, o.maxBytes), sizeCalculation: sizeOfPage })
  return {
    async orStale(key, read) {
      try {
        const fresh = await read()
        const { viewer: _private, ...shared } = fresh
        snapshots.set(key, shared)
        return fresh
      } catch (cause) {
        const known = cause instanceof ReparteeError && cause.code === 'unavailable' ? snapshots.get(key) : undefined
        if (known === undefined) throw cause
        return { ...known, stale: true }
      }
    },
  }
}
