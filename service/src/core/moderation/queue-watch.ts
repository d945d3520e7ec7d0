import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { SiteQueue } from '../ports/site-store.ts'
import type { Store } from '../ports/store.ts'

/** Tells in gauges what waits for moderators. */
export type QueueWatch = {
  /**
   * Set the gauges to what is known and, when that is old, find out anew behind the caller's back. Called when somebody
   * reads the gauges, so that a node nobody watches asks nothing.
   */
  look(): void
}

const SITES_AT_ONCE = 500
const FRESH_MS = 60_000
/** With very many sites asking takes long; it must not take all the time there is. */
const REST = 20

const readAll = async (store: Pick<Store, 'sites'>): Promise<SiteQueue[]> => {
  const waiting: SiteQueue[] = []
  for (let after: string | null = null; ; ) {
    const page: SiteQueue[] = await store.sites.queues(after, SITES_AT_ONCE)
    waiting.push(...page.filter(({ pending }) => pending > 0))
    const last = page.at(-1)
    if (last === undefined || page.length < SITES_AT_ONCE) return waiting
    after = last.siteId
  }
}

/** Watch the queues of all sites. The gauges are silent until they were read once. */
export const watchQueues = (o: {
  store: Pick<Store, 'sites'>
  metrics: Metrics
  log: Logger
  now: Clock
  /** Never steps. */
  steady: Clock
}): QueueWatch => {
  let known: readonly SiteQueue[] | null = null
  let dueAt = Number.NEGATIVE_INFINITY
  let reading = false

  const read = async (): Promise<void> => {
    const startedAt = o.steady()
    try {
      known = await readAll(o.store)
    } catch (error) {
      // That the database is away is told by others; the age goes on growing meanwhile.
      o.log.debug('the queues of comments that wait could not be read', { error })
    }
    const endedAt = o.steady()
    dueAt = endedAt + Math.max(FRESH_MS, REST * (endedAt - startedAt))
  }

  return {
    look() {
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
