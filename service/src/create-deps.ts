import { createReaderTokens } from './adapters/reader-tokens.ts'
import type { OperatorDeps } from './control/operations.ts'
import { createSiteCache } from './core/access/site-cache.ts'
import { createFlights } from './core/flights.ts'
import type { Metrics, Publisher } from './core/ports.ts'
import { createLastKnown } from './core/threads/last-known.ts'
import { createPageCache } from './core/threads/page-cache.ts'
import { createThreadWriter } from './core/threads/writer.ts'
import type { Tracer } from './core/tracer.ts'
import type { Fabric } from './open-fabric.ts'
import type { Storage } from './open-storage.ts'
import { steadyClock } from './steady-clock.ts'

/** Memory for rendered pages; a page of 25 comments with replies is some 40 kB. */
const PAGE_CACHE_BYTES = 64 * 1024 * 1024

/** Put everything use-cases need together. */
export const createDeps = (o: {
  storage: Storage
  publisher: Publisher
  fabric: Pick<Fabric, 'presence' | 'limiter'>
  metrics: Metrics
  tracer: Tracer
  secret: Uint8Array
  url: () => string
}): OperatorDeps => {
  const { store, now } = o.storage
  const { publisher, metrics, tracer } = o
  return {
    store,
    publisher,
    metrics,
    tracer,
    now,
    presence: o.fabric.presence,
    writer: createThreadWriter({ store, publisher, metrics, tracer, now: steadyClock }),
    pages: createPageCache({ maxBytes: PAGE_CACHE_BYTES, metrics }),
    lastKnown: createLastKnown({ maxBytes: PAGE_CACHE_BYTES }),
    siteCache: createSiteCache({ now: steadyClock }),
    flights: createFlights(),
    limiter: o.fabric.limiter,
    tokens: createReaderTokens({ secret: o.secret, now }),
    backup: (file) => o.storage.backup(file),
    url: o.url,
  }
}
