import { ReparteeError } from './protocol/errors.ts'
import { createBackoff } from './realtime/backoff.ts'
import { sleep } from './sleep.ts'

/** How long one call keeps retrying before the caller gets the error. */
const BUDGET_MS = 15_000

/** Limit of a single attempt. A hung connection must leave time for another attempt. */
const ATTEMPT_TIMEOUT_MS = 8_000
const MIN_ATTEMPT_TIMEOUT_MS = 1_000

export type RetryDeps = { readonly random: () => number; readonly now: () => number }

/** Whether repeating the same request is useless: the service refused it, and not because of a fault of its own. */
export const isPermanent = (error: unknown): boolean =>
  error instanceof ReparteeError && error.status < 500 && !error.retryable

/**
 * Repeat `attempt` until it succeeds, fails with an error that is not retryable, or about 15 s have passed.
 * Rejects with the last error. Waits use full jitter and are never shorter than the service asked for.
 */
export const withRetry = async <T>(
  deps: RetryDeps,
  attempt: (timeoutMs: number) => Promise<T>,
  ...signals: readonly (AbortSignal | undefined)[]
): Promise<T> => {
  const backoff = createBackoff(deps.random)
  const deadline = deps.now() + BUDGET_MS
  for (;;) {
    for (const signal of signals) signal?.throwIfAborted()
    try {
      return await attempt(Math.max(MIN_ATTEMPT_TIMEOUT_MS, Math.min(ATTEMPT_TIMEOUT_MS, deadline - deps.now())))
    } catch (error) {
      if (!(error instanceof ReparteeError && error.retryable)) throw error
      const waitMs = backoff.next(error.retryAfterMs)
      if (deps.now() + waitMs > deadline) throw error
      await sleep(waitMs, signals)
    }
  }
}
