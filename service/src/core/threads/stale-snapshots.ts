import { ReparteeError, type Snapshot } from '@repartee/sdk/protocol'
import { LRUCache } from 'lru-cache'
import { sizeOfPage } from './page-cache.ts'

/** The last snapshot of each listing, for when the database is unavailable. */
export type StaleSnapshots = {
  /**
   * The result of `read`. If that fails with `unavailable`, the last result under this key, marked stale; without one,
   * the error is thrown.
   */
  readOrStale(key: string, read: () => Promise<Snapshot>): Promise<Snapshot>
}

/** Create an empty cache of about `maxBytes`. It never keeps what only one reader may see. */
export const createStaleSnapshots = (o: { maxBytes: number }): StaleSnapshots => {
  const snapshots = new LRUCache<string, Snapshot>({ maxSize: Math.max(1, o.maxBytes), sizeCalculation: sizeOfPage })
  return {
    async readOrStale(key, read) {
      try {
        const fresh = await read()
        const { viewer: _private, ...shared } = fresh
        snapshots.set(key, shared)
        return fresh
      } catch (cause) {
        const last = cause instanceof ReparteeError && cause.code === 'unavailable' ? snapshots.get(key) : undefined
        if (last === undefined) throw cause
        return { ...last, stale: true }
      }
    },
  }
}
