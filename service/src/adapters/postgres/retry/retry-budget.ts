import type { Clock } from '../../../core/ports/clock.ts'
import { createRecentCounts } from './recent-counts.ts'

/** Bounds how much load retries may add, so that a slow database is not drowned by its own clients. */
export type RetryBudget = {
  /** A statement was sent for the first time. */
  sent(): void
  /** Whether one may be sent again; charged when it may. */
  take(): boolean
}

const SHARE = 0.1
const RESERVE = 100

/** Retries may be a tenth of what was sent in the last 10 s, and `reserve` (100) in that time in any case. */
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
