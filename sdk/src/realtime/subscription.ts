import { callSafely } from '../listeners.ts'
import type { Delta } from '../protocol/delta.ts'
import type { Changes } from '../protocol/http-schemas.ts'
import type { Presence } from '../protocol/results.ts'
import { isPermanent } from '../with-retry.ts'
import { createBackoff } from './backoff.ts'
import { createReorderBuffer } from './reorder-buffer.ts'

/** A delta that was overtaken by a later one usually arrives within this time, and then nothing has to be fetched. */
const REORDER_MS = 150

export type SubscriptionHandlers = {
  /**
   * Called in order and without gaps: exactly the changes after the position, no delta twice. A comment that changed
   * while the service read it may already come in its newest state, and again with the delta of that change.
   */
  onDelta(delta: Delta): void
  /** The position was lost. Take a new snapshot, close this subscription and subscribe again. */
  onReload(): void
  onPresence(presence: Presence): void
}

/** A point in a thread's history. `epoch` identifies the history: after a restore of the database it is another one. */
export type Position = { readonly thread: string; readonly since: number; readonly epoch: string }

export type Subscription = {
  /** The thread's counter up to which changes were delivered. */
  readonly position: number
  close(): void
}

/** Where a subscription is now. */
export const positionOf = ({ thread, position, epoch }: ActiveSubscription): Position => ({
  thread,
  epoch,
  since: position,
})

/** One subscription as the client works with it, independent of the transport. */
export type ActiveSubscription = Subscription & {
  readonly thread: string
  readonly epoch: string
  /** It was closed, or its position was lost. */
  readonly ended: boolean
  onDelta(delta: Delta): void
  onChanges(changes: Changes): void
  onPresence(presence: Presence): void
  /** The service does not know the position any more. */
  losePosition(): void
  /** Run `task` after `waitMs`, unless the subscription ends first. */
  schedule(waitMs: number, task: () => void): void
}

type SubscriptionDeps = {
  readonly random: () => number
  /** The changes after a position. Retried for a while when the service is away. */
  fetchChanges(position: Position): Promise<Changes>
}

/** Start at a position. Missing changes are fetched until they have arrived. */
export const createSubscription = (
  deps: SubscriptionDeps,
  start: Position,
  handlers: SubscriptionHandlers,
): ActiveSubscription => {
  const { thread, epoch, since } = start
  const buffer = createReorderBuffer(since)
  const backoff = createBackoff(deps.random)
  let position = since
  let ended = false
  let isFetching = false
  let fetchTimer: ReturnType<typeof setTimeout> | undefined
  let scheduleTimer: ReturnType<typeof setTimeout> | undefined

  const close = (): void => {
    ended = true
    clearTimeout(fetchTimer)
    clearTimeout(scheduleTimer)
  }

  const losePosition = (): void => {
    if (ended) return
    close()
    callSafely(() => handlers.onReload())
  }

  const receive = (delta: Delta, head?: number): void => {
    for (const ready of buffer.receive(delta, head)) {
      if (ended) return
      position = ready.to
      callSafely(() => handlers.onDelta(ready))
    }
    if (!buffer.hasGap) clearTimeout(fetchTimer)
    if (ended) return
    if (buffer.hasGap) fetchTimer ??= setTimeout(fetchMissing, REORDER_MS)
    else fetchTimer = undefined
  }

  const onChanges = (changes: Changes): void => {
    if ('reload' in changes || changes.epoch !== epoch) losePosition()
    else {
      const { head, epoch: _, ...delta } = changes
      receive({ thread, ...delta }, head)
    }
  }

  const fetchMissing = async (): Promise<void> => {
    if (isFetching || ended) return
    isFetching = true
    const before = position
    try {
      onChanges(await deps.fetchChanges({ thread, epoch, since: position }))
    } catch (error) {
      if (isPermanent(error)) losePosition()
    }
    isFetching = false
    if (position > before) backoff.reset()
    clearTimeout(fetchTimer)
    fetchTimer = buffer.hasGap && !ended ? setTimeout(fetchMissing, position > before ? 0 : backoff.next()) : undefined
  }

  return {
    thread,
    epoch,
    get position() {
      return position
    },
    get ended() {
      return ended
    },
    onDelta: (delta) => receive(delta),
    onChanges,
    onPresence: (presence) => callSafely(() => handlers.onPresence(presence)),
    losePosition,
    schedule(waitMs, task) {
      clearTimeout(scheduleTimer)
      scheduleTimer = setTimeout(task, waitMs)
    },
    close,
  }
}
