import type { Changes } from '../protocol/http-schemas.ts'
import { sleep } from '../sleep.ts'
import { isPermanent } from '../with-retry.ts'
import { type ActiveSubscription, type Position, positionOf } from './subscription.ts'

/** Pause after a response that came at once and brought nothing, so that such responses do not make a tight loop. */
const MIN_INTERVAL_MS = 1_000

type PollDeps = {
  readonly now: () => number
  pollChanges(position: Position, signal: AbortSignal): Promise<Changes>
}

/**
 * Poll for a subscription's changes until it ends or `signal` aborts.
 * Rejects when the service cannot be reached.
 */
export const longPoll = async (
  deps: PollDeps,
  subscription: ActiveSubscription,
  signal: AbortSignal,
): Promise<void> => {
  while (!subscription.ended && !signal.aborted) {
    const startedAt = deps.now()
    const before = subscription.position
    try {
      const changes = await deps.pollChanges(positionOf(subscription), signal)
      if (signal.aborted) return
      subscription.onChanges(changes)
      if (subscription.position === before && deps.now() - startedAt < MIN_INTERVAL_MS)
        await sleep(MIN_INTERVAL_MS, [signal])
    } catch (error) {
      if (signal.aborted) return
      if (!isPermanent(error)) throw error
      subscription.losePosition()
    }
  }
}
