import type { Clock } from '../../../core/ports/clock.ts'
import { createRecent } from './recent.ts'

/** Bounds how much load retries may add, so that a slow database is not drowned by its own clients. */
export type RetryBudget = {
  /** A statement was sent for the first time. */
  sent(): void
  /** Whether one may be sent again; charged when it may. */
  take(): boolean
}

const SHARE = 0.1

/** Retries may be a tenth of what was sent in the last 10 s, and `reserve` in that time in any case. */
export const createRetryBudget = (o: { now: Clock; reserve: number }): RetryBudget => {
  const recent = createRecent(o.now, ['sent', 'again'])
  return {
    sent: () => recent.add('sent'),
    take() {
      if (recent.total('again') >= o.reserve + recent.total('sent') * SHARE) return false
      recent.add('again')
      return true
    },
  }
}
