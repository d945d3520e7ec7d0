import { sleep } from '../clock.ts'
import type { Changes } from '../protocol/http-schemas.ts'
import { isFinal } from '../retrying.ts'
import type { Feed } from './feed.ts'

/** Seconds the service may hold a request open. */
export const POLL_WAIT_S = 25

/** An answer that brings nothing although it came at once must not make a loop. */
const PAUSE_MS = 1_000

type PollDeps = {
  readonly now: () => number
  changes(feed: Feed, signal: AbortSignal): Promise<Changes>
}

/** Ask for a feed's changes again and again until it ends or is aborted; rejects when the service cannot be reached. */
export const pollFeed = async (deps: PollDeps, feed: Feed, signal: AbortSignal): Promise<void> => {
  while (!feed.ended && !signal.aborted) {
    const startedAt = deps.now()
    const before = feed.position
    try {
      const changes = await deps.changes(feed, signal)
      if (signal.aborted) return
      feed.onChanges(changes)
      if (feed.position === before && deps.now() - startedAt < PAUSE_MS) await sleep(PAUSE_MS, [signal])
    } catch (error) {
      if (signal.aborted) return
      if (!isFinal(error)) throw error
      feed.lose()
    }
  }
}
