import { ReparteeError } from '../protocol/errors.ts'
import type { Changes } from '../protocol/http-schemas.ts'
import type { SubscribeResult } from '../protocol/results.ts'
import type { Session } from '../reader-session.ts'
import { isFinal } from '../retrying.ts'
import { createBackoff } from './backoff.ts'
import { type Connection, type ConnectionState, createConnection } from './connection.ts'
import { createFeed, type Feed, type Position, type SubscriptionHandlers } from './feed.ts'
import type { Pushed } from './link.ts'
import { POLL_WAIT_S, pollFeed } from './long-poll.ts'
import type { OpenSocket } from './platform-socket.ts'

/** One page's writers need no more notice than this of the reader's typing. */
const TYPING_MS = 3_000

/** A reload closes one subscription and opens the next: not worth a new connection. */
const LINGER_MS = 1_000

export type ChangesQuery = Position & { readonly wait: number; readonly signal?: AbortSignal }

type RealtimeDeps = {
  readonly url: string
  readonly site: string
  readonly open: OpenSocket | undefined
  readonly session: Pick<Session, 'token' | 'renew'>
  readonly random: () => number
  readonly now: () => number
  /** One try when it waits, retried when it does not. */
  changes(query: ChangesQuery): Promise<Changes>
  onState(state: ConnectionState): void
}

export type Subscription = {
  /** The thread's counter up to which changes were delivered. */
  readonly position: number
  close(): void
}

export type Realtime = {
  readonly connection: Connection
  subscribe(position: Position, handlers: SubscriptionHandlers): Subscription
  typing(thread: string): void
  close(): void
}

/** All subscriptions of a client over its one connection. */
export const createRealtime = (deps: RealtimeDeps): Realtime => {
  const feeds = new Set<Feed>()
  let lingering: ReturnType<typeof setTimeout> | undefined
  const typedAt = new Map<string, number>()

  const of = (thread: string): Feed[] => [...feeds].filter((feed) => feed.thread === thread)

  const positionOf = ({ thread, position, epoch }: Feed): Position => ({ thread, epoch, since: position })

  const join = async (feed: Feed, backoff = createBackoff(deps.random)): Promise<void> => {
    const link = connection.live
    if (!link || feed.ended) return
    try {
      const { epoch, presence } = (await link.ask({ type: 'subscribe', ...positionOf(feed) })) as SubscribeResult
      if (feed.ended) return
      if (epoch === feed.epoch) feed.onPresence(presence)
      else feed.lose()
    } catch (error) {
      // A new link joins every feed anew.
      if (feed.ended || connection.live !== link) return
      if (isFinal(error)) feed.lose()
      else feed.later(backoff.next((error as ReparteeError).retryAfterMs), () => void join(feed, backoff))
    }
  }

  const onPush = (message: Pushed): void => {
    if (message.type === 'reconnect') connection.moveAfter(message.afterMs)
    else
      for (const feed of of(message.thread)) {
        if (message.type === 'reload') feed.lose()
        else if (message.type === 'presence') feed.onPresence({ count: message.count, typing: message.typing })
        else {
          const { type: _, ...delta } = message
          feed.onDelta(delta)
        }
      }
  }

  let pollJoined: ((feed: Feed) => void) | undefined

  const poll = (failed: (afterMs: number | undefined) => void): (() => void) => {
    const controller = new AbortController()
    const { signal } = controller
    const changes = (feed: Feed): Promise<Changes> => deps.changes({ ...positionOf(feed), wait: POLL_WAIT_S, signal })
    pollJoined = (feed) => {
      pollFeed({ now: deps.now, changes }, feed, signal).catch((error: unknown) => {
        if (!signal.aborted) failed(error instanceof ReparteeError ? error.retryAfterMs : undefined)
      })
    }
    feeds.forEach(pollJoined)
    return () => {
      pollJoined = undefined
      controller.abort()
    }
  }

  const connection = createConnection({
    ...deps,
    poll,
    onPush,
    onLive() {
      for (const feed of feeds) void join(feed)
    },
  })

  return {
    connection,
    subscribe(position, handlers) {
      const feed = createFeed(
        {
          random: deps.random,
          changesSince: (asking) => deps.changes({ ...position, since: asking.position, wait: 0 }),
        },
        position,
        handlers,
      )
      feeds.add(feed)
      clearTimeout(lingering)
      connection.start()
      if (connection.live) void join(feed)
      else pollJoined?.(feed)
      return {
        get position() {
          return feed.position
        },
        close() {
          feed.close()
          if (!feeds.delete(feed)) return
          if (of(feed.thread).length === 0)
            connection.live?.ask({ type: 'unsubscribe', thread: feed.thread }).catch(() => {})
          if (feeds.size === 0) lingering = setTimeout(connection.stop, LINGER_MS)
        },
      }
    },
    close() {
      clearTimeout(lingering)
      for (const feed of feeds) feed.close()
      feeds.clear()
      connection.close()
    },
    typing(thread) {
      if (!connection.live || deps.now() - (typedAt.get(thread) ?? -TYPING_MS) < TYPING_MS) return
      typedAt.set(thread, deps.now())
      connection.live.send({ type: 'typing', thread })
    },
  }
}
