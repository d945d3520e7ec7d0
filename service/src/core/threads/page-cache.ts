import type { Comment, Sort } from '@repartee/sdk/protocol'
import { LRUCache } from 'lru-cache'
import type { Metrics } from '../ports/metrics.ts'
import { createSingleFlight } from '../single-flight.ts'

/** The part of a page that is the same for every reader. */
export type Page = { readonly comments: readonly Comment[]; readonly next: string | null }

/** Identifies a page. A new `head` makes older entries unreachable, so nothing needs invalidation. */
export type PageKey = {
  readonly siteId: string
  readonly threadId: string
  readonly sort: Sort
  readonly cursor: string | null
  readonly limit: number
  readonly head: number
}

/** Recently read pages. */
export type PageCache = {
  /** The page under this key. Concurrent calls share one read. Failures are not cached. */
  get(key: PageKey, read: () => Promise<Page>): Promise<Page>
  readonly size: number
}

/** A generous estimate of the bytes a comment takes besides its text. */
const COMMENT_OVERHEAD = 1_200
const PAGE_OVERHEAD = 300

/** The approximate size of a page in memory, in bytes. */
export const sizeOfPage = (page: Pick<Page, 'comments'>): number =>
  page.comments.reduce(
    (sum, comment) => sum + COMMENT_OVERHEAD + 2 * (comment.html.length + comment.author.name.length),
    PAGE_OVERHEAD,
  )

/** Create an empty cache of about `maxBytes`. */
export const createPageCache = (o: { maxBytes: number; metrics: Metrics }): PageCache => {
  const pages = new LRUCache<string, Page>({ maxSize: Math.max(1, o.maxBytes), sizeCalculation: sizeOfPage })
  const singleFlight = createSingleFlight()
  return {
    async get(key, read) {
      const id = `${key.siteId} ${key.threadId} ${key.sort} ${key.cursor ?? ''} ${key.limit} ${key.head}`
      const cached = pages.get(id)
      if (cached !== undefined) {
        o.metrics.count('page_cache', { result: 'hit' })
        return cached
      }
      const { value, first } = await singleFlight.share(id, read)
      o.metrics.count('page_cache', { result: first ? 'miss' : 'hit' })
      if (first) pages.set(id, value)
      return value
    },
    get size() {
      return pages.size
    },
  }
}
