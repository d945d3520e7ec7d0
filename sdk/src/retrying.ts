import { sleep } from './clock.ts'
import { ReparteeError } from './protocol/errors.ts'
import { createBackoff } from './realtime/backoff.ts'

/** A reader who waits longer wants to be asked. */
const BUDGET_MS = 15_000

/** One try's own limit: a hung connection must leave time for another. */
const TRY_MS = 8_000
const SHORTEST_TRY_MS = 1_000

export type RetryDeps = { readonly random: () => number; readonly now: () => number }

/** Whether the same request can never succeed: refused, and not for a fault of the service. */
export const isFinal = (error: unknown): boolean =>
  error instanceof ReparteeError && error.status < 500 && !error.retryable

/**
 * Try until it works, is refused for good, or about 15 s are over; then reject with the last error. Only errors the
 * table calls retryable are tried again, with full jitter and not before the server allows it.
 */
export const retrying = async <T>(
  deps: RetryDeps,
  attempt: (timeoutMs: number) => Promise<T>,
  ...signals: readonly (AbortSignal | undefined)[]
): Promise<T> => {
  const backoff = createBackoff(deps.random)
  const deadline = deps.now() + BUDGET_MS
  for (;;) {
    for (const signal of signals) signal?.throwIfAborted()
    try {
      return await attempt(Math.max(SHORTEST_TRY_MS, Math.min(TRY_MS, deadline - deps.now())))
    } catch (error) {
      if (!(error instanceof ReparteeError && error.retryable)) throw error
      const waitMs = backoff.next(error.retryAfterMs)
      if (deps.now() + waitMs > deadline) throw error
      await sleep(waitMs, signals)
    }
  }
}
