import type { AccountSessionCache } from './access/account-session-cache.ts'
import type { SiteCache } from './access/site-cache.ts'
import type { Dashboard } from './dashboard.ts'
import type { Beacons } from './installation/beacons.ts'
import type { Mailer } from './mail/mail-delivery.ts'
import type { Clock } from './ports/clock.ts'
import type { DeviceProofs } from './ports/device-proofs.ts'
import type { KeyRing } from './ports/key-ring.ts'
import type { Metrics } from './ports/metrics.ts'
import type { Outbound } from './ports/outbound.ts'
import type { PasswordHasher } from './ports/password-hasher.ts'
import type { PresenceStore } from './ports/presence-store.ts'
import type { Publisher } from './ports/publisher.ts'
import type { RateLimiter } from './ports/rate-limiter.ts'
import type { ReaderTokens } from './ports/reader-tokens.ts'
import type { SecretBox } from './ports/secret-box.ts'
import type { Store } from './ports/store.ts'
import type { SingleFlight } from './single-flight.ts'
import type { PageCache } from './threads/page-cache.ts'
import type { StaleSnapshots } from './threads/stale-snapshots.ts'
import type { ThreadWriter } from './threads/thread-writer.ts'
import type { Tracer } from './tracer.ts'

/** Everything use-cases depend on; each declares the part it needs with `Pick`. */
export type Deps = {
  readonly store: Store
  readonly writer: ThreadWriter
  readonly pages: PageCache
  readonly staleSnapshots: StaleSnapshots
  readonly siteCache: SiteCache
  /** Commands in progress by key, so that concurrent copies of one request do the work once. */
  readonly singleFlight: SingleFlight
  readonly publisher: Publisher
  readonly presence: PresenceStore
  readonly limiter: RateLimiter
  readonly tokens: ReaderTokens
  readonly keyRing: KeyRing
  readonly accountSessionCache: AccountSessionCache
  readonly passwords: PasswordHasher
  readonly deviceProofs: DeviceProofs
  readonly secrets: SecretBox
  readonly dashboard: Dashboard
  /** The origin at which readers reach the service. */
  readonly publicUrl: () => string
  readonly beacons: Pick<Beacons, 'seen' | 'refused'>
  readonly outbound: Outbound
  readonly mailer: Mailer
  readonly metrics: Metrics
  readonly tracer: Tracer
  readonly now: Clock
}
