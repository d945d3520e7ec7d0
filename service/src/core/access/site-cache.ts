import { LRUCache } from 'lru-cache'
import type { Clock } from '../ports/clock.ts'
import { createSingleFlight } from '../single-flight.ts'
import type { Site } from '../site.ts'

/** Sites by public key, known for a few seconds, so that a busy site is not read once a request. */
export type SiteCache = {
  /** What `read` answers, or answered a short while ago, also when it was nothing. */
  get(publicKey: string, read: (publicKey: string) => Promise<Site | null>): Promise<Site | null>
  /** Whether there was such a site when it was last asked for. */
  knows(publicKey: string): boolean
  forget(publicKey: string): void
}

type Entry = { readonly site: Site | null; readonly readAt: number }

/** How long a change of a site may take to be noticed. */
const TTL_MS = 5_000

/** Make an empty cache; it is bounded, since anybody may ask for keys that do not exist. */
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
        // While the store is away a known site stays known: its pages may still be cached.
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
