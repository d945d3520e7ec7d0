import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { SiteQueue } from '../ports/site-store.ts'
import type { Store } from '../ports/store.ts'

/** Gauges of the comments that wait for moderators. */
export type QueueGauges = {
  /**
   * Set the gauges to the last known values and, if these are old, start reading new ones in the background. Called on
   * every scrape, so that a node that is not scraped sends no queries.
   */
  refresh(): void
}

const SITES_PER_READ = 500
const FRESH_MS = 60_000
/** A read is followed by a pause this many times as long, so that many sites do not keep the database busy. */
const PAUSE_FACTOR = 20

const readAll = async (store: Pick<Store, 'sites'>): Promise<SiteQueue[]> => {
  const waiting: SiteQueue[] = []
  for (let after: string | null = null; ; ) {
    const page: SiteQueue[] = await store.sites.queues(after, SITES_PER_READ)
    waiting.push(...page.filter(({ pending }) => pending > 0))
    const last = page.at(-1)
    if (last === undefined || page.length < SITES_PER_READ) return waiting
    after = last.siteId
  }
}

/** Create the gauges over all sites. They have no value until the first read. */
export const createQueueGauges = (o: {
  store: Pick<Store, 'sites'>
  metrics: Metrics
  log: Logger
  now: Clock
  /** Monotonic. */
  steady: Clock
}): QueueGauges => {
  let known: readonly SiteQueue[] | null = null
  let dueAt = Number.NEGATIVE_INFINITY
  let reading = false

  const read = async (): Promise<void> => {
    const startedAt = o.steady()
    try {
      known = await readAll(o.store)
    } catch (error) {
      // Other metrics report an unavailable database. The age keeps growing in the meantime.
      o.log.debug('the moderation queues could not be read', { error })
    }
    const endedAt = o.steady()
    dueAt = endedAt + Math.max(FRESH_MS, PAUSE_FACTOR * (endedAt - startedAt))
  }

  return {
    refresh() {
      if (known !== null) {
        const pending = known.reduce((sum, queue) => sum + queue.pending, 0)
        const oldestAt = Math.min(...known.map((queue) => queue.oldestAt ?? Number.POSITIVE_INFINITY))
        o.metrics.gauge('moderation_queue', pending)
        o.metrics.gauge('moderation_queue_sites', known.length)
        const ageMs = Number.isFinite(oldestAt) ? Math.max(0, o.now() - oldestAt) : 0
        o.metrics.gauge('moderation_queue_age_seconds', ageMs / 1_000)
      }
      if (reading || o.steady() < dueAt) return
      reading = true
      void read().finally(() => {
        reading = false
      })
    },
  }
}
