import { createBackoff } from './backoff.ts'
import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  connectionTable,
  type Phase,
  shownAs,
  type Transition,
} from './connection-table.ts'
import { type Link, type LinkDeps, openLink } from './link.ts'
import { onWake } from './wake-events.ts'

/** While polling, a WebSocket is tried this often. */
const UPGRADE_INTERVAL_MS = 60_000

/** A connection or polling that lasted this long worked, and what follows is its first failure. */
const STABLE_MS = 10_000

type ConnectionDeps = Pick<LinkDeps, 'url' | 'site' | 'session' | 'onPush'> & {
  /** `undefined` where the platform has no WebSocket. */
  readonly open: LinkDeps['open'] | undefined
  readonly random: () => number
  readonly now: () => number
  onStateChange(state: ConnectionState): void
  /** Subscribe every thread: there is a new live link. */
  onLive(): void
  /** Start polling. Calls `onFailed` when the service cannot be reached. Returns a function that stops it. */
  startPolling(onFailed: (retryAfterMs: number | undefined) => void): () => void
}

export type Connection = {
  readonly state: ConnectionState
  /** The link, while it is live. */
  readonly liveLink: Link | undefined
  /** The link in any state. */
  readonly link: Link | undefined
  start(): void
  /** Go idle. `start` connects again. */
  stop(): void
  /** The service asked for a new connection after this time. */
  moveAfter(afterMs: number): void
  /** End for good. */
  close(): void
}

/** Keep one WebSocket, or polling in its place, until stopped. What happens when is in `connection-table.ts`. */
export const createConnection = (deps: ConnectionDeps): Connection => {
  const backoff = createBackoff(deps.random)
  let link: Link | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let endPolling: (() => void) | undefined
  let endWatching: (() => void) | undefined
  /** When the present link or polling began to work. */
  let workingSince = 0
  let phase: Phase = 'idle'
  let reportedState: ConnectionState = 'idle'

  const closeLink = (): void => {
    link?.close()
    link = undefined
  }

  const stopPolling = (): void => {
    endPolling?.()
    endPolling = undefined
  }

  const wait = (waitMs: number): void => {
    clearTimeout(timer)
    timer = setTimeout(() => dispatch('timeout'), waitMs)
  }

  /** How each effect is carried out. `afterMs` is how long the service asked to wait, if it did. */
  const effects: Readonly<Record<ConnectionEffect, (afterMs?: number) => void>> = {
    watchWakeEvents() {
      endWatching = onWake(() => dispatch('woken'))
    },
    openLink() {
      clearTimeout(timer)
      closeLink()
      try {
        link = deps.open && openLink({ ...deps, open: deps.open, onEvent: dispatch })
      } catch {
        // A content security policy forbids the address.
      }
      if (!link) dispatch('blocked')
    },
    closeLink,
    startPolling() {
      workingSince = deps.now()
      endPolling = deps.startPolling((retryAfterMs) => dispatch('pollingFailed', retryAfterMs))
    },
    stopPolling,
    subscribe() {
      workingSince = deps.now()
      deps.onLive()
    },
    probe: () => link?.probe(),
    waitBackoff: (afterMs) => wait(backoff.next(afterMs)),
    waitAsAsked: (afterMs = 0) => wait(afterMs),
    waitToUpgrade() {
      if (deps.open) wait(UPGRADE_INTERVAL_MS)
    },
    resetBackoffIfStable() {
      if (deps.now() - workingSince >= STABLE_MS) backoff.reset()
    },
    end() {
      closeLink()
      stopPolling()
      clearTimeout(timer)
      endWatching?.()
    },
  }

  /** An effect that dispatches another event at once has to be the last one of its transition. */
  const dispatch = (event: ConnectionEvent, afterMs?: number): void => {
    const row: Readonly<Partial<Record<ConnectionEvent, Transition>>> = connectionTable[phase]
    const transition = row[event]
    if (!transition) return
    const [next, ...names] = transition
    phase = next
    for (const name of names) effects[name](afterMs)
    if (reportedState === shownAs[phase]) return
    reportedState = shownAs[phase]
    deps.onStateChange(reportedState)
  }

  return {
    get state() {
      return shownAs[phase]
    },
    get liveLink() {
      return shownAs[phase] === 'live' ? link : undefined
    },
    get link() {
      return link
    },
    start: () => dispatch('start'),
    stop: () => dispatch('stop'),
    moveAfter: (afterMs) => dispatch('moveRequested', afterMs),
    close: () => dispatch('close'),
  }
}
