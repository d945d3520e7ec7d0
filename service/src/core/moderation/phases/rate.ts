import type { Phase } from '../pipeline.ts'

/** Refuses an author who writes too fast, with the time to wait. */
export const rate: Phase = {
  name: 'rate',
  evaluate: ({ rate: { allowed, retryAfterMs } }) =>
    allowed ? null : { kind: 'refuse', code: 'rate_limited', retryAfterMs },
}
