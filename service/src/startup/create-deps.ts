import { createDeviceProofs } from '../adapters/hmac-device-proofs.ts'
import { createReaderTokens } from '../adapters/jose-reader-tokens.ts'
import type { OperatorDeps } from '../control/operation.ts'
import { createAccountSessionCache } from '../core/access/account-session-cache.ts'
import { createSiteCache } from '../core/access/site-cache.ts'
import type { Dashboard } from '../core/dashboard.ts'
import type { Beacons } from '../core/installation/beacons.ts'
import type { Mailer } from '../core/mail/mail-delivery.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Outbound } from '../core/ports/outbound.ts'
import type { PasswordHasher } from '../core/ports/password-hasher.ts'
import type { Publisher } from '../core/ports/publisher.ts'
import { createSingleFlight } from '../core/single-flight.ts'
import { createPageCache } from '../core/threads/page-cache.ts'
import { createStaleSnapshots } from '../core/threads/stale-snapshots.ts'
import { createThreadWriter } from '../core/threads/thread-writer.ts'
import type { Tracer } from '../core/tracer.ts'
import type { Backplane } from './open-backplane.ts'
import type { Secrets } from './open-secrets.ts'
import type { Storage } from './open-storage.ts'
import { steadyClock } from './steady-clock.ts'

/** Memory for rendered pages; a page of 25 comments with replies takes about 40 kB. */
const PAGE_CACHE_BYTES = 64 * 1024 * 1024

/** Assemble everything use-cases depend on. */
export const createDeps = (o: {
  storage: Storage
  publisher: Publisher
  backplane: Pick<Backplane, 'presence' | 'limiter'>
  metrics: Metrics
  tracer: Tracer
  beacons: Pick<Beacons, 'seen' | 'refused'>
  outbound: Outbound
  secret: Uint8Array
  secrets: Secrets
  passwords: PasswordHasher
  dashboard: Dashboard
  mailer: Mailer
  url: () => string
}): OperatorDeps => {
  const { store, now } = o.storage
  const { publisher, metrics, tracer } = o
  return {
    store,
    publisher,
    metrics,
    tracer,
    beacons: o.beacons,
    outbound: o.outbound,
    now,
    presence: o.backplane.presence,
    writer: createThreadWriter({ store, publisher, metrics, tracer, now: steadyClock }),
    pages: createPageCache({ maxBytes: PAGE_CACHE_BYTES, metrics }),
    staleSnapshots: createStaleSnapshots({ maxBytes: PAGE_CACHE_BYTES }),
    accountSessionCache: createAccountSessionCache({ now: steadyClock }),
    passwords: o.passwords,
    deviceProofs: createDeviceProofs(o.secret),
    dashboard: o.dashboard,
    publicUrl: o.url,
    siteCache: createSiteCache({ now: steadyClock }),
    singleFlight: createSingleFlight(),
    limiter: o.backplane.limiter,
    tokens: createReaderTokens({ secret: o.secret, now }),
    ...o.secrets,
    mailer: o.mailer,
    backup: (file) => o.storage.backup(file),
    url: o.url,
  }
}
