import type { Clock, Metrics, PresenceStore, Publisher, RateLimiter, ReaderTokens, Store } from './ports.ts'
import type { PageCache } from './threads/page-cache.ts'
import type { ThreadWriter } from './threads/writer.ts'

/** All that use-cases are given; each asks for the part it needs with `Pick`. */
export type Deps = {
  readonly store: Store
  readonly writer: ThreadWriter
  readonly pages: PageCache
  readonly publisher: Publisher
  readonly presence: PresenceStore
  readonly limiter: RateLimiter
  readonly tokens: ReaderTokens
  readonly metrics: Metrics
  readonly now: Clock
}
