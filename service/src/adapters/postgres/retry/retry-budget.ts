import type { Clock } from '../../../core/ports/clock.ts'
import { createRecentCounts } from './recent-counts.ts'

/** Limits the load that retries add, so that they cannot overwhelm a slow database. */
export type RetryBudget = {
  /** A statement was sent for the first time. */
  sent(): void
  /** Whether a statement may be retried; if so, the retry is charged to the budget. */
  take(): boolean
}

const SHARE = 0.1
const RESERVE = 100

/** Allows, per 10 s, `reserve` (100) retries plus a tenth of the statements sent. */
export const createRetryBudget = (o: { now: Clock; reserve?: number | undefined }): RetryBudget => {
  const reserve = o.reserve ?? RESERVE
  const recent = createRecentCounts(o.now, ['sent', 'again'])
  return {
    sent: () => recent.add('sent'),
    take() {
      if (recent.total('again') >= reserve + recent.total('sent') * SHARE) return false
      recent.add('again')
      return true
    },
  }
}
