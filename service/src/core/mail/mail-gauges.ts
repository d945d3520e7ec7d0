import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { MailBacklog } from '../ports/mail-outbox.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Store } from '../ports/store.ts'

/** Gauges of the mail that waits and of what was given up. */
export type MailGauges = {
  /**
   * Set the gauges to the last known values and, if these are old, start reading new ones in the background. Called on
   * every scrape, so that a node that is not scraped sends no queries.
   */
  refresh(): void
}

const FRESH_MS = 15_000

/** Create the gauges. They have no value until the first read. */
export const createMailGauges = (o: {
  store: Pick<Store, 'mail'>
  metrics: Metrics
  log: Logger
  now: Clock
  /** Monotonic. */
  steady: Clock
}): MailGauges => {
  let known: MailBacklog | null = null
  let dueAt = Number.NEGATIVE_INFINITY

  const read = async (): Promise<void> => {
    try {
      known = await o.store.mail.backlog()
    } catch (error) {
      // Other metrics report an unavailable database. The age keeps growing in the meantime.
      o.log.debug('the backlog of mail could not be read', { error })
    }
  }

  return {
    refresh() {
      if (known !== null) {
        o.metrics.gauge('mail_waiting', known.waiting)
        o.metrics.gauge('mail_given_up', known.givenUp)
        const ageMs = known.oldestAt === null ? 0 : Math.max(0, o.now() - known.oldestAt)
        o.metrics.gauge('mail_oldest_age_seconds', ageMs / 1_000)
      }
      if (o.steady() < dueAt) return
      dueAt = o.steady() + FRESH_MS
      void read()
    },
  }
}
