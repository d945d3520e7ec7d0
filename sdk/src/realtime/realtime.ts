import { ReparteeError } from '../protocol/errors.ts'
import type { Changes } from '../protocol/http-schemas.ts'
import type { SubscribeResult } from '../protocol/results.ts'
import type { Session } from '../reader-session.ts'
import { isPermanent } from '../with-retry.ts'
import { createBackoff } from './backoff.ts'
import { type Connection, createConnection } from './connection.ts'
import type { ConnectionState } from './connection-table.ts'
import type { PushMessage } from './link.ts'
import { longPoll } from './long-poll.ts'
import type { OpenWebSocket } from './platform-socket.ts'
import {
  type ActiveSubscription,
  createSubscription,
  type Position,
  positionOf,
  type Subscription,
  type SubscriptionHandlers,
} from './subscription.ts'

/** The least time between two typing messages about one thread. */
const TYPING_INTERVAL_MS = 3_000

/** How long the connection stays open without a subscription: a reload closes one and makes the next at once. */
const IDLE_MS = 1_000

type RealtimeDeps = {
  readonly url: string
  readonly site: string
  readonly open: OpenWebSocket | undefined
  readonly session: Pick<Session, 'token' | 'renew'>
  readonly random: () => number
  readonly now: () => number
  /** The changes after a position. Retried for a while when the service is away. */
  fetchChanges(position: Position): Promise<Changes>
  /** Wait for changes after a position, in a single attempt. */
  pollChanges(position: Position, signal: AbortSignal): Promise<Changes>
  onStateChange(state: ConnectionState): void
}

export type Realtime = {
  readonly connection: Connection
  subscribe(position: Position, handlers: SubscriptionHandlers): Subscription
  sendTyping(thread: string): void
  close(): void
}

/** All subscriptions of a client, over its one connection. */
export const createRealtime = (deps: RealtimeDeps): Realtime => {
  const subscriptions = new Set<ActiveSubscription>()
  const typingSentAt = new Map<string, number>()
  let idleTimer: ReturnType<typeof setTimeout> | undefined

  const subscriptionsTo = (thread: string): ActiveSubscription[] =>
    [...subscriptions].filter((subscription) => subscription.thread === thread)

  const sendSubscribe = async (
    subscription: ActiveSubscription,
    backoff = createBackoff(deps.random),
  ): Promise<void> => {
    const link = connection.liveLink
    if (!link || subscription.ended) return
    try {
      const message = { type: 'subscribe', ...positionOf(subscription) } as const
      const { epoch, presence } = (await link.request(message)) as SubscribeResult
      if (subscription.ended) return
      if (epoch === subscription.epoch) subscription.onPresence(presence)
      else subscription.losePosition()
    } catch (error) {
      // A new link subscribes every thread again.
      if (subscription.ended || connection.liveLink !== link) return
      if (isPermanent(error)) subscription.losePosition()
      else {
        const waitMs = backoff.next((error as ReparteeError).retryAfterMs)
        subscription.schedule(waitMs, () => void sendSubscribe(subscription, backoff))
      }
    }
  }

  const onPush = (message: PushMessage): void => {
    if (message.type === 'reconnect') connection.moveAfter(message.afterMs)
    else
      for (const subscription of subscriptionsTo(message.thread)) {
        if (message.type === 'reload') subscription.losePosition()
        else if (message.type === 'presence') subscription.onPresence({ count: message.count, typing: message.typing })
        else {
          const { type: _, ...delta } = message
          subscription.onDelta(delta)
        }
      }
  }

  /** Set while the client polls. */
  let poll: ((subscription: ActiveSubscription) => void) | undefined

  const startPolling = (onFailed: (retryAfterMs: number | undefined) => void): (() => void) => {
    const controller = new AbortController()
    const { signal } = controller
    poll = (subscription) => {
      longPoll(deps, subscription, signal).catch((error: unknown) => {
        if (!signal.aborted) onFailed(error instanceof ReparteeError ? error.retryAfterMs : undefined)
      })
    }
    subscriptions.forEach(poll)
    return () => {
      poll = undefined
      controller.abort()
    }
  }

  const connection = createConnection({
    ...deps,
    startPolling,
    onPush,
    onLive() {
      for (const subscription of subscriptions) void sendSubscribe(subscription)
    },
  })

  return {
    connection,
    subscribe(position, handlers) {
      const { thread } = position
      const subscription = createSubscription(deps, position, handlers)
      subscriptions.add(subscription)
      clearTimeout(idleTimer)
      // Polling that `start` begins includes this subscription already.
      const joinPolling = poll
      connection.start()
      if (connection.liveLink) void sendSubscribe(subscription)
      else joinPolling?.(subscription)
      return {
        get position() {
          return subscription.position
        },
        close() {
          subscription.close()
          if (!subscriptions.delete(subscription)) return
          if (subscriptionsTo(thread).length === 0)
            connection.liveLink?.request({ type: 'unsubscribe', thread }).catch(() => {})
          if (subscriptions.size === 0) idleTimer = setTimeout(connection.stop, IDLE_MS)
        },
      }
    },
    sendTyping(thread) {
      const link = connection.liveLink
      if (!link || deps.now() - (typingSentAt.get(thread) ?? -TYPING_INTERVAL_MS) < TYPING_INTERVAL_MS) return
      typingSentAt.set(thread, deps.now())
      link.send({ type: 'typing', thread })
    },
    close() {
      clearTimeout(idleTimer)
      for (const subscription of subscriptions) subscription.close()
      subscriptions.clear()
      connection.close()
    },
  }
}
