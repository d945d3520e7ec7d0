import { ReparteeError } from '@repartee/sdk/protocol'
import type { Metrics } from '../core/ports/metrics.ts'
import { MAX_CHANGES } from '../core/threads/changes.ts'
import type { ActiveThread } from './active-thread.ts'
import { type DeltaFrame, MAX_BACKLOG_LENGTH } from './frame.ts'

/** The state of a thread, and what a subscriber missed of it. */
export type Recovery = {
  readonly head: number
  readonly epoch: string
  readonly commentCount: number
  readonly closed: boolean
  /** The position is not valid any more, or too much happened since; there is no backlog. */
  readonly reload: boolean
  /** Encoded deltas, in order. */
  readonly backlog: readonly string[]
}

/** A position as a client sends it. */
export type ClientPosition = { readonly since?: number | undefined; readonly epoch?: string | undefined }

/** A busy thread may advance while it is read; this is far more often than it takes. */
const MAX_READS = 8

/**
 * Find what a client missed: from the ring, else from the store, else `reload`. The caller has joined the thread before.
 * `attach` is called when backlog and live feed meet: a socket that joins the topic within it misses nothing.
 */
export const recover = async (
  o: { metrics: Metrics },
  thread: ActiveThread,
  position: ClientPosition,
  attach: (recovery: Recovery) => void,
): Promise<void> => {
  const { epoch, state } = await thread.readState()
  if (state === null) throw new ReparteeError('thread_not_found')
  const { head, commentCount, closed } = state
  const answer = { head, epoch, commentCount, closed }
  const reload = (): void => {
    o.metrics.count('reloads')
    // The client's next snapshot is newer than the head just read, so the live feed may start here.
    thread.startAt(head)
    attach({ ...answer, reload: true, backlog: [] })
  }

  const { since } = position
  const otherEpoch = since !== undefined && position.epoch !== undefined && position.epoch !== epoch
  if (otherEpoch || (since !== undefined && head - since > MAX_CHANGES)) return reload()

  let v = since ?? head
  // A shared read may be from just before another node committed this client's position.
  let isValid = v <= head
  const frames: DeltaFrame[] = []
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const goal = Math.max(head, thread.head ?? 0)
    const recent = v < goal ? thread.frameSince(v) : null
    if (recent !== null && recent.to >= goal) {
      o.metrics.count('recoveries', { source: 'ring' })
      frames.push(recent)
      v = recent.to
    }
    if (v >= goal && (isValid || v <= goal)) {
      if (frames.reduce((sum, { text }) => sum + text.length, 0) > MAX_BACKLOG_LENGTH) return reload()
      thread.startAt(v)
      return attach({ ...answer, reload: false, backlog: frames.map((frame) => frame.text) })
    }
    const stored = await thread.readBacklog(v)
    if (stored === null || stored.head - v > MAX_CHANGES) return reload()
    isValid = true
    o.metrics.count('recoveries', { source: 'store' })
    if (stored.to > v) frames.push(stored.frame)
    v = Math.max(v, stored.to)
  }
  throw new ReparteeError('unavailable', 'the thread changes faster than it can be read', { retryAfterMs: 1_000 })
}
