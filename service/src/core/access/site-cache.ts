import { LRUCache } from 'lru-cache'
import type { Clock } from '../ports/clock.ts'
import { createSingleFlight } from '../single-flight.ts'
import type { Site } from '../site.ts'

/** Sites by public key, cached for a few seconds so that a busy site is not read for every request. */
export type SiteCache = {
  /** The site, from the cache or else from `read`. `null` is cached too. */
  get(publicKey: string, read: (publicKey: string) => Promise<Site | null>): Promise<Site | null>
  /** Whether the last read of this key found a site. */
  knows(publicKey: string): boolean
  forget(publicKey: string): void
}

type Entry = { readonly site: Site | null; readonly readAt: number }

/** The longest time a change to a site goes unnoticed. */
const TTL_MS = 5_000

/** Create an empty cache. It is bounded, since anyone can ask for keys that do not exist. */
export const createSiteCache = (o: { now: Clock; ttlMs?: number; max?: number }): SiteCache => {
  const ttlMs = o.ttlMs ?? TTL_MS
  const entries = new LRUCache<string, Entry>({ max: o.max ?? 5_000 })
  const singleFlight = createSingleFlight()
  return {
    async get(publicKey, read) {
      const entry = entries.get(publicKey)
      if (entry !== undefined && o.now() - entry.readAt < ttlMs) return entry.site
      try {
        const { value: site } = await singleFlight.share(publicKey, () => read(publicKey))
        entries.set(publicKey, { site, readAt: o.now() })
        return site
      } catch (cause) {
        // A cached site outlives its time while the store is unavailable: its pages may be cached too.
        if (entry?.site) return entry.site
        throw cause
      }
    },
    knows: (publicKey) => entries.peek(publicKey)?.site != null,
    forget(publicKey) {
      entries.delete(publicKey)
    },
  }
}
