import { encode, newId, type Presence, ReparteeError, type SubscribeResult } from '@repartee/sdk/protocol'
import type { Actor } from '../core/actor.ts'
import { withDeadline } from '../core/deadline.ts'
import type { JoinedThread } from './joined-thread.ts'
import type { ClientPosition } from './recovery.ts'
import type { SessionDeps } from './session-deps.ts'
import type { Socket } from './socket.ts'

const MAX_THREADS = 20
const DEADLINE_MS = 5_000
/** A subscription is answered without presence rather than later than this. */
const PRESENCE_TIMEOUT_MS = 500
/** Clients announce typing every three seconds. */
const MIN_TYPING_INTERVAL_MS = 1_000

type Subscription = {
  readonly thread: JoinedThread
  /** Whether the socket has joined the topic. */
  live: boolean
  typedAt: number
}

/** Sent when the presence store does not answer: at least the subscriber is there. */
const SUBSCRIBER_ALONE: Presence = { count: 1, typing: [] }

/** The threads one connection is subscribed to. */
export class Subscriptions {
  readonly #deps: SessionDeps
  readonly #socket: Socket
  readonly #connection = newId()
  /** Who is counted as present: the reader, or the connection while nobody is signed in. */
  #visitor: string
  /** Replaced rather than pushed to, as arrays that grow reserve room. */
  #subscriptions: readonly Subscription[] = []
  /** The last operation of each thread in progress; `null` while there is none. */
  #pending: Map<string, Promise<void>> | null = null
  #closed = false

  constructor(deps: SessionDeps, socket: Socket, actor: Actor) {
    this.#deps = deps
    this.#socket = socket
    this.#visitor = actor.reader?.id ?? this.#connection
  }

  /**
   * Subscribe to a thread, or resubscribe from another position: sends the answer, then the backlog, then live frames.
   * Operations on one thread take effect in the order they were requested.
   */
  subscribe(actor: Actor, ref: number, threadId: string, position: ClientPosition): Promise<void> {
    return this.#inOrder(threadId, async () => {
      await this.#deps.admission.enter(actor.site.id, () => !this.#closed)
      if (this.#closed) return
      const subscription = this.#open(actor.site.id, threadId)
      try {
        await this.#start(subscription, ref, position)
      } catch (error) {
        if (!subscription.live) this.#drop(subscription)
        throw error
      }
    })
  }

  unsubscribe(threadId: string): Promise<void> {
    return this.#inOrder(threadId, async () => {
      const subscription = this.#find(threadId)
      if (subscription !== undefined) this.#drop(subscription)
    })
  }

  /** Show the reader as typing in a thread the connection is subscribed to. */
  typing({ reader }: Actor, threadId: string): void {
    const { presence, now } = this.#deps.core
    const subscription = this.#find(threadId)
    if (reader === null || subscription === undefined || now() - subscription.typedAt < MIN_TYPING_INTERVAL_MS) return
    subscription.typedAt = now()
    const { topic, ref } = subscription.thread
    this.#inBackground(presence.typing(topic, reader.id, reader.name).then(() => this.#deps.hub.presenceChanged(ref)))
  }

  /** The connection now acts for another reader, or for none. */
  setActor({ reader }: Actor): void {
    const next = reader?.id ?? this.#connection
    if (next === this.#visitor) return
    this.#visitor = next
    for (const { thread } of this.#subscriptions) this.#inBackground(this.#joinPresence(thread))
  }

  renewPresence(): void {
    const { presence } = this.#deps.core
    for (const { thread } of this.#subscriptions)
      this.#inBackground(presence.join(thread.topic, this.#connection, this.#visitor))
  }

  /** End all subscriptions; nothing is sent afterwards. */
  close(): void {
    this.#closed = true
    for (const subscription of this.#subscriptions) this.#drop(subscription)
  }

  #find(threadId: string): Subscription | undefined {
    return this.#subscriptions.find(({ thread }) => thread.ref.threadId === threadId)
  }

  #open(siteId: string, threadId: string): Subscription {
    const existing = this.#find(threadId)
    if (existing !== undefined) return existing
    if (this.#subscriptions.length >= MAX_THREADS)
      throw new ReparteeError('invalid_request', `a connection subscribes to at most ${MAX_THREADS} threads`)
    const opened: Subscription = { thread: this.#deps.hub.join({ siteId, threadId }), live: false, typedAt: 0 }
    this.#subscriptions = [...this.#subscriptions, opened]
    this.#deps.renewals.add(this)
    return opened
  }

  #drop(subscription: Subscription): void {
    if (!this.#subscriptions.includes(subscription)) return
    this.#subscriptions = this.#subscriptions.filter((other) => other !== subscription)
    const { thread } = subscription
    if (subscription.live) this.#socket.leave(thread.topic)
    this.#deps.hub.leave(thread.ref)
    this.#inBackground(this.#leavePresence(thread))
    if (this.#subscriptions.length === 0) this.#deps.renewals.remove(this)
  }

  async #joinPresence(thread: JoinedThread): Promise<void> {
    await this.#deps.core.presence.join(thread.topic, this.#connection, this.#visitor)
    // Unsubscribed in the meantime.
    if (this.#find(thread.ref.threadId) === undefined) await this.#leavePresence(thread)
    else this.#deps.hub.presenceChanged(thread.ref)
  }

  async #leavePresence({ topic, ref }: JoinedThread): Promise<void> {
    await this.#deps.core.presence.leave(topic, this.#connection)
    this.#deps.hub.presenceChanged(ref)
  }

  /** Presence is a courtesy: nothing fails because of it. */
  #inBackground(presence: Promise<void>): void {
    presence.catch((error: unknown) => this.#logUnavailable(error))
  }

  #logUnavailable(error: unknown): void {
    this.#deps.log.debug('presence is not available', { error })
  }

  async #inOrder(threadId: string, operation: () => Promise<void>): Promise<void> {
    this.#pending ??= new Map()
    const pending = this.#pending
    const result = (pending.get(threadId) ?? Promise.resolve()).then(operation)
    const settled = result.catch(() => undefined)
    pending.set(threadId, settled)
    try {
      await result
    } finally {
      if (pending.get(threadId) === settled) pending.delete(threadId)
      if (pending.size === 0) this.#pending = null
    }
  }

  /** Who is present, this connection included. */
  async #readPresence(thread: JoinedThread): Promise<Presence> {
    try {
      const state = this.#joinPresence(thread).then(() => this.#deps.core.presence.state(thread.topic))
      return await withDeadline(PRESENCE_TIMEOUT_MS, state)
    } catch (error) {
      this.#logUnavailable(error)
      return SUBSCRIBER_ALONE
    }
  }

  async #start(subscription: Subscription, ref: number, position: ClientPosition): Promise<void> {
    const { thread } = subscription
    const presence = await this.#readPresence(thread)
    let timedOut = false
    const recovered = this.#deps.hub.recover(thread.ref, position, ({ reload, backlog, closed, ...at }) => {
      if (this.#closed || timedOut) return
      const result: SubscribeResult = { ...at, closed, presence }
      this.#socket.send(encode({ type: 'ok', ref, result }))
      for (const frame of backlog) this.#socket.send(frame)
      if (reload) this.#socket.send(encode({ type: 'reload', thread: thread.ref.threadId }))
      if (!subscription.live) this.#socket.join(thread.topic)
      subscription.live = true
    })
    try {
      await withDeadline(DEADLINE_MS, recovered)
    } catch (error) {
      timedOut = true
      throw error
    }
  }
}
