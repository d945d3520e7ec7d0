import { callOut } from '../listeners.ts'
import type { Delta } from '../protocol/delta.ts'
import type { Changes } from '../protocol/http-schemas.ts'
import type { Presence } from '../protocol/results.ts'
import { isFinal } from '../retrying.ts'
import { createBackoff } from './backoff.ts'
import { createSequence } from './subscription.ts'

/** A delta overtaken by a later one usually arrives within this; then nothing need be asked. */
const REORDER_MS = 150

export type SubscriptionHandlers = {
  /**
   * In order and without a gap: exactly the changes after the position, no delta twice. A comment that changed while the
   * service read it may come in its newest state already, and again with the delta of that change.
   */
  onDelta(delta: Delta): void
  /** The position is lost: take a new snapshot, close this subscription and subscribe again. */
  onReload(): void
  onPresence(presence: Presence): void
}

export type Position = { readonly thread: string; readonly since: number; readonly epoch: string }

/** One subscription, whatever its changes travel over. */
export type Feed = Readonly<Position> & {
  readonly position: number
  /** Closed by its owner, or its position is lost. */
  readonly ended: boolean
  onDelta(delta: Delta): void
  onChanges(changes: Changes): void
  onPresence(presence: Presence): void
  /** The position means nothing to the service. */
  lose(): void
  /** Do something later, unless the feed ends first. */
  later(waitMs: number, act: () => void): void
  close(): void
}

type FeedDeps = {
  readonly random: () => number
  changesSince(feed: Position & { readonly position: number }): Promise<Changes>
}

/** Begin at a position; asks for what is missing, for as long as it takes. */
export const createFeed = (deps: FeedDeps, start: Position, handlers: SubscriptionHandlers): Feed => {
  const sequence = createSequence(start.since)
  const backoff = createBackoff(deps.random)
  let position = start.since
  let ended = false
  let asking = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let laterTimer: ReturnType<typeof setTimeout> | undefined

  const end = (): void => {
    ended = true
    clearTimeout(timer)
    clearTimeout(laterTimer)
  }

  const lose = (): void => {
    if (ended) return
    end()
    callOut(() => handlers.onReload())
  }

  const take = (delta: Delta, head?: number): void => {
    for (const ready of sequence.receive(delta, head)) {
      if (ended) return
      position = ready.to
      callOut(() => handlers.onDelta(ready))
    }
    if (!sequence.gap) clearTimeout(timer)
    if (ended) return
    if (sequence.gap) timer ??= setTimeout(fill, REORDER_MS)
    else timer = undefined
  }

  const onChanges = (changes: Changes): void => {
    if ('reload' in changes || changes.epoch !== start.epoch) lose()
    else {
      const { head, epoch: _, ...delta } = changes
      take({ thread: start.thread, ...delta }, head)
    }
  }

  const fill = async (): Promise<void> => {
    if (asking || ended) return
    asking = true
    const before = position
    try {
      onChanges(await deps.changesSince(feed))
    } catch (error) {
      if (isFinal(error)) lose()
    }
    asking = false
    if (position > before) backoff.reset()
    clearTimeout(timer)
    timer = sequence.gap && !ended ? setTimeout(fill, position > before ? 0 : backoff.next()) : undefined
  }

  const feed: Feed = {
    ...start,
    get position() {
      return position
    },
    get ended() {
      return ended
    },
    onDelta: take,
    onChanges,
    onPresence: (presence) => callOut(() => handlers.onPresence(presence)),
    lose,
    later(waitMs, act) {
      clearTimeout(laterTimer)
      laterTimer = setTimeout(act, waitMs)
    },
    close: end,
  }
  return feed
}
