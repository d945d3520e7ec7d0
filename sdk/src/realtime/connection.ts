import { createBackoff } from './backoff.ts'
import { onBrowserHint } from './hints.ts'
import { type Link, type LinkDeps, openLink } from './link.ts'

/**
 * idle: nothing subscribed · connecting: first tries · live: welcomed · polling: WebSocket cannot connect ·
 * waiting: between tries · closed: by the owner, or the service refused this client for good
 */
export type ConnectionState = 'idle' | 'connecting' | 'live' | 'polling' | 'waiting' | 'closed'

/** WebSockets that fail in a row before the changes are polled for. */
const TRIES_BEFORE_POLLING = 2
const TRY_AGAIN_MS = 60_000

/** What lived this long, a connection or polling, was no failure: the next one is tried soon. */
const STABLE_MS = 10_000

type ConnectionDeps = Omit<LinkDeps, 'open' | 'onDown'> & {
  readonly open: LinkDeps['open'] | undefined
  readonly random: () => number
  readonly now: () => number
  onState(state: ConnectionState): void
  /** Begin or end polling; `failed` is called when the service cannot be reached by polling either. */
  poll(failed: (afterMs: number | undefined) => void): () => void
}

export type Connection = {
  readonly state: ConnectionState
  /** The link, while it is live. */
  readonly live: Link | undefined
  /** The link in any state. */
  readonly link: Link | undefined
  start(): void
  /** Go idle; `start` begins again. */
  stop(): void
  /** The service asked to come back on a new connection after this time. */
  moveAfter(afterMs: number): void
  /** Stop for good. */
  close(): void
}

/** Keep one WebSocket, or polling in its place, until stopped. */
export const createConnection = (deps: ConnectionDeps): Connection => {
  const backoff = createBackoff(deps.random)
  let state: ConnectionState = 'idle'
  let link: Link | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let worksSince = 0
  let moving = false
  let stopPolling: (() => void) | undefined
  let stopHints: (() => void) | undefined

  const enter = (next: ConnectionState): void => {
    if (next === state) return
    state = next
    deps.onState(next)
  }

  const after = (waitMs: number, act: () => void): void => {
    clearTimeout(timer)
    timer = setTimeout(act, waitMs)
  }

  const wait = (waitMs: number): void => {
    enter('waiting')
    after(waitMs, connect)
  }

  const forgive = (): void => {
    if (deps.now() - worksSince >= STABLE_MS) backoff.reset()
  }

  const endPolling = (): void => {
    stopPolling?.()
    stopPolling = undefined
  }

  const pollInstead = (): void => {
    if (deps.open) after(TRY_AGAIN_MS, connect)
    if (stopPolling) return
    enter('polling')
    worksSince = deps.now()
    stopPolling = deps.poll((afterMs) => {
      forgive()
      // The service itself is away, so nothing speaks against WebSocket: one more failure polls again.
      endPolling()
      failures = TRIES_BEFORE_POLLING - 1
      if (!link) wait(backoff.next(afterMs))
      else enter('connecting')
    })
  }

  const drop = (): void => {
    clearTimeout(timer)
    moving = false
    link?.close()
    link = undefined
  }

  const rest = (final: 'idle' | 'closed'): void => {
    drop()
    endPolling()
    stopHints?.()
    stopHints = undefined
    failures = 0
    enter(final)
  }

  const connect = (): void => {
    drop()
    if (!deps.open) {
      pollInstead()
      return
    }
    if (!stopPolling) enter('connecting')
    try {
      link = openLink({
        ...deps,
        open: deps.open,
        onLive() {
          failures = 0
          worksSince = deps.now()
          endPolling()
          enter('live')
          deps.onLive()
        },
        onDown({ final, afterMs }) {
          link = undefined
          if (final) return rest('closed')
          if (state === 'live') forgive()
          if (moving) return enter('waiting')
          if (state !== 'live') failures += 1
          if (failures >= TRIES_BEFORE_POLLING) pollInstead()
          else wait(backoff.next(afterMs))
        },
      })
    } catch {
      // A content security policy forbids the address: no later try can differ much.
      pollInstead()
    }
  }

  const hint = (): void => {
    if (state === 'live') link?.probe()
    else if (!link && !moving) connect()
  }

  return {
    get state() {
      return state
    },
    get live() {
      return state === 'live' ? link : undefined
    },
    get link() {
      return link
    },
    start() {
      if (state !== 'idle') return
      stopHints = onBrowserHint(hint)
      connect()
    },
    stop() {
      if (state !== 'closed') rest('idle')
    },
    moveAfter(afterMs) {
      moving = true
      after(afterMs, connect)
    },
    close: () => rest('closed'),
  }
}
