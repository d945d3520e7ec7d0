import { encode, type Presence, ReparteeError, type SubscribeResult } from '@repartee/sdk/protocol'
import type { Actor } from '../core/actor.ts'
import { withDeadline } from '../core/deadline.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { PresenceStore } from '../core/ports/presence-store.ts'
import type { ThreadRef } from '../core/ports/thread-store.ts'
import type { Admission } from './admission.ts'
import type { Hub } from './hub.ts'
import type { ClientPosition } from './recovery.ts'
import type { Socket } from './socket.ts'
import { topicOf } from './topic.ts'

const MAX_THREADS = 20
const DEADLINE_MS = 5_000
/** Nobody waits longer than this for a comment to learn who else is there. */
const PRESENCE_MS = 500
/** Well within the minute after which presence is forgotten. */
const RENEW_MS = 25_000
/** Clients say so every three seconds. */
const TYPING_EVERY_MS = 1_000

/** The threads one connection hears. */
export type Subscriptions = {
  /** Hear a thread, or hear again from another position. Sends the answer, then the backlog, then lets live frames come. */
  subscribe(actor: Actor, ref: number, thread: string, position: ClientPosition): Promise<void>
  unsubscribe(thread: string): Promise<void>
  /** The reader of the connection writes in a thread it hears. */
  typing(actor: Actor, thread: string): void
  /** The connection speaks for another reader from now on. */
  become(actor: Actor): void
  /** Let go of everything. Nothing is sent afterwards. */
  close(): void
}

type Subscription = {
  readonly ref: ThreadRef
  readonly topic: string
  live: boolean
  typedAt: number
}

/** Nobody to ask: the reader who subscribes is there at least. */
const ALONE: Presence = { count: 1, typing: [] }

/** Make the empty set of a connection's subscriptions. */
export const createSubscriptions = (o: {
  hub: Hub
  socket: Socket
  presence: PresenceStore
  connection: string
  admission: Pick<Admission, 'enter'>
  log: Logger
  now: Clock
}): Subscriptions => {
  const { hub, socket, connection } = o
  const subscriptions = new Map<string, Subscription>()
  /** The last step under way of each thread: subscribing and unsubscribing happen in the order asked for. */
  const turns = new Map<string, Promise<void>>()
  let visitor = connection
  let renewal: NodeJS.Timeout | undefined
  let closed = false

  const ignore = (error: unknown): void => o.log.debug('presence is not available', { error })

  const arrive = ({ ref, topic }: Subscription): Promise<void> =>
    o.presence
      .join(topic, connection, visitor)
      .then(() => (closed || !subscriptions.has(ref.threadId) ? depart(ref, topic) : hub.touchPresence(ref)))

  const depart = (ref: ThreadRef, topic: string): Promise<void> =>
    o.presence.leave(topic, connection).then(() => hub.touchPresence(ref))

  const renew = (): void => {
    for (const { topic } of subscriptions.values()) o.presence.join(topic, connection, visitor).catch(ignore)
  }

  const open = (ref: ThreadRef): Subscription => {
    const existing = subscriptions.get(ref.threadId)
    if (existing !== undefined) return existing
    if (subscriptions.size >= MAX_THREADS)
      throw new ReparteeError('invalid_request', `one connection hears at most ${MAX_THREADS} threads`)
    const opened: Subscription = { ref, topic: topicOf(ref), live: false, typedAt: 0 }
    subscriptions.set(ref.threadId, opened)
    hub.join(ref)
    renewal ??= setInterval(renew, RENEW_MS).unref()
    return opened
  }

  const drop = (subscription: Subscription): void => {
    if (!subscriptions.delete(subscription.ref.threadId)) return
    if (subscription.live) socket.leave(subscription.topic)
    hub.leave(subscription.ref)
    depart(subscription.ref, subscription.topic).catch(ignore)
    if (subscriptions.size > 0) return
    clearInterval(renewal)
    renewal = undefined
  }

  const inTurn = async (thread: string, step: () => Promise<void>): Promise<void> => {
    const result = (turns.get(thread) ?? Promise.resolve()).then(step)
    const turn = result.catch(() => undefined)
    turns.set(thread, turn)
    try {
      await result
    } finally {
      if (turns.get(thread) === turn) turns.delete(thread)
    }
  }

  /** Who is there, this connection included. */
  const present = async (subscription: Subscription): Promise<Presence> => {
    try {
      const asked = arrive(subscription).then(() => o.presence.state(subscription.topic))
      return await withDeadline(PRESENCE_MS, asked)
    } catch (error) {
      ignore(error)
      return ALONE
    }
  }

  const start = async (subscription: Subscription, ref: number, position: ClientPosition): Promise<void> => {
    const presence = await present(subscription)
    let late = false
    const recovered = hub.recover(subscription.ref, position, ({ reload, backlog, closed: threadClosed, ...at }) => {
      if (closed || late) return
      const result: SubscribeResult = { ...at, closed: threadClosed, presence }
      socket.send(encode({ type: 'ok', ref, result }))
      for (const frame of backlog) socket.send(frame)
      if (reload) socket.send(encode({ type: 'reload', thread: subscription.ref.threadId }))
      if (!subscription.live) socket.join(subscription.topic)
      subscription.live = true
    })
    try {
      await withDeadline(DEADLINE_MS, recovered)
    } catch (error) {
      late = true
      throw error
    }
  }

  return {
    subscribe: (actor, ref, thread, position) =>
      inTurn(thread, async () => {
        await o.admission.enter(actor.site.id, () => !closed)
        if (closed) return
        const subscription = open({ siteId: actor.site.id, threadId: thread })
        try {
          await start(subscription, ref, position)
        } catch (error) {
          if (!subscription.live) drop(subscription)
          throw error
        }
      }),
    unsubscribe: (thread) =>
      inTurn(thread, async () => {
        const subscription = subscriptions.get(thread)
        if (subscription !== undefined) drop(subscription)
      }),
    typing({ reader }, thread) {
      const subscription = subscriptions.get(thread)
      if (reader === null || subscription === undefined || o.now() - subscription.typedAt < TYPING_EVERY_MS) return
      subscription.typedAt = o.now()
      o.presence
        .typing(subscription.topic, reader.id, reader.name)
        .then(() => hub.touchPresence(subscription.ref))
        .catch(ignore)
    },
    become({ reader }) {
      const next = reader?.id ?? connection
      if (next === visitor) return
      visitor = next
      for (const subscription of subscriptions.values()) arrive(subscription).catch(ignore)
    },
    close() {
      closed = true
      for (const subscription of [...subscriptions.values()]) drop(subscription)
    },
  }
}
