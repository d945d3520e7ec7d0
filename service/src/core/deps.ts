import type { SiteCache } from './access/site-cache.ts'
import type { Clock, Metrics, PresenceStore, Publisher, RateLimiter, ReaderTokens, Store } from './ports.ts'
import type { SingleFlight } from './single-flight.ts'
import type { LastKnown } from './threads/last-known.ts'
import type { PageCache } from './threads/page-cache.ts'
import type { ThreadWriter } from './threads/thread-writer.ts'
import type { Tracer } from './tracer.ts'

/** All that use-cases are given; each asks for the part it needs with `Pick`. */
export type Deps = {
  readonly store: Store
  readonly writer: ThreadWriter
  readonly pages: PageCache
  readonly lastKnown: LastKnown
  readonly siteCache: SiteCache
  /** Commands in progress by key, so that twins of one request do its work once. */
  readonly singleFlight: SingleFlight
  readonly publisher: Publisher
  readonly presence: PresenceStore
  readonly limiter: RateLimiter
  readonly tokens: ReaderTokens
  readonly metrics: Metrics
  readonly tracer: Tracer
  readonly now: Clock
}
