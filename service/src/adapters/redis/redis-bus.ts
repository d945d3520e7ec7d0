import type { Bus } from '../../core/ports/bus.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import { channelOf } from './channel-subscriptions.ts'
import type { RedisHandle } from './open-redis.ts'

/** Other nodes may return to Redis this much later than this one, and until then do not reach it. */
const GRACE_MS = 3_000
/** Callers do not wait longer for a subscription; messages from before it is in effect count as lost. */
const SUBSCRIBE_TIMEOUT_MS = 500
const RESEND_MS = 500
/** Late subscriptions take effect many at a time, and one gap covers all topics. */
const GAP_MS = 200
/** After this long the regular sweeps of all nodes have found the change. */
const MAX_RESEND_AGE_MS = 20_000
const MAX_RESENDS = 256
const MAX_RESEND_LENGTH = 1_000_000

type Listener = (message: string) => void

type Message = { readonly topic: string; readonly text: string; readonly publishedAt: number }

/**
 * A bus over Redis Pub/Sub. A message is the publisher's name, a line feed, and the text unchanged. It may arrive twice,
 * since the client sends it again when the connection breaks: receivers drop changes that they know.
 */
export const createRedisBus = (o: { redis: RedisHandle; metrics: Metrics; now: Clock }): Bus => {
  const { redis, metrics } = o
  const ownPrefix = `${redis.node}\n`
  const topics = new Map<string, Set<Listener>>()
  const gapListeners = new Set<() => void>()
  /** Messages that could not be sent: a node that was never disconnected does not know that it missed them. */
  let resendQueue: Message[] = []
  let resendLength = 0
  let resendTimer: NodeJS.Timeout | undefined
  /** Topics whose subscription took too long. */
  const lateTopics = new Set<string>()
  let gapTimer: NodeJS.Timeout | undefined
  let graceUntilAt = 0
  let closed = false
  const sending = new Set<Promise<void>>()

  const enqueue = (message: Message): void => {
    metrics.count('bus_messages', { outcome: 'unsent' })
    if (closed) return
    resendQueue.push(message)
    resendLength += message.text.length
    while (resendQueue.length > MAX_RESENDS || resendLength > MAX_RESEND_LENGTH)
      resendLength -= resendQueue.shift()?.text.length ?? 0
    scheduleResend()
  }

  /** Needed while Redis is up too: it may refuse single messages, as when a slot of a cluster moves. */
  const scheduleResend = (): void => {
    resendTimer ??= setTimeout(() => {
      resendTimer = undefined
      if (redis.commands.up()) resend()
      else scheduleResend()
    }, RESEND_MS)
    resendTimer.unref()
  }

  const resend = (): void => {
    const messages = resendQueue
    resendQueue = []
    resendLength = 0
    const sinceAt = o.now() - MAX_RESEND_AGE_MS
    for (const message of messages) if (message.publishedAt >= sinceAt) send(message)
  }

  const reportGap = (): void => {
    for (const listener of [...gapListeners]) listener()
  }

  const send = (message: Message): void => {
    if (!redis.commands.up()) {
      enqueue(message)
      return
    }
    const { topic, text } = message
    const channel = channelOf(topic, redis.sharded)
    const sent: Promise<void> = redis.commands
      .run((client) => (redis.sharded ? client.spublish(channel, text) : client.publish(channel, text)))
      .then(
        () => metrics.count('bus_messages', { outcome: 'sent' }),
        () => enqueue(message),
      )
      .finally(() => sending.delete(sent))
    sending.add(sent)
  }

  const removeListeners = [
    redis.onMessage((topic, text) => {
      if (text.startsWith(ownPrefix)) return
      const listeners = topics.get(topic)
      if (listeners === undefined) return
      metrics.count('bus_messages', { outcome: 'heard' })
      const message = text.slice(text.indexOf('\n') + 1)
      for (const listener of [...listeners]) listener(message)
    }),
    redis.onMode((mode) => {
      if (mode === 'ok') {
        graceUntilAt = o.now() + GRACE_MS
        resend()
      }
      reportGap()
    }),
    redis.onChange(() => {
      const subscribed = [...lateTopics].filter((topic) => redis.subscriptions.isSubscribed(topic))
      for (const topic of subscribed) lateTopics.delete(topic)
      if (subscribed.length === 0) return
      gapTimer ??= setTimeout(() => {
        gapTimer = undefined
        reportGap()
      }, GAP_MS)
      gapTimer.unref()
    }),
  ]

  return {
    publish(topic, message) {
      if (!closed) send({ topic, text: ownPrefix + message, publishedAt: o.now() })
    },
    subscribe(topic, listener) {
      // A new function, so that the same listener may be added twice and removed once.
      const entry: Listener = (message) => listener(message)
      const listeners = topics.get(topic) ?? new Set()
      topics.set(topic, listeners.add(entry))
      if (listeners.size === 1 && !closed) redis.subscriptions.add(topic)
      return () => {
        if (!listeners.delete(entry) || listeners.size > 0 || topics.get(topic) !== listeners) return
        topics.delete(topic)
        lateTopics.delete(topic)
        redis.subscriptions.release(topic)
      }
    },
    degraded: () => redis.mode() === 'degraded' || o.now() < graceUntilAt,
    onGap(listener) {
      const entry = (): void => listener()
      gapListeners.add(entry)
      return () => void gapListeners.delete(entry)
    },
    async listening(topic) {
      const isSettled = (): boolean =>
        closed || !topics.has(topic) || redis.mode() === 'degraded' || redis.subscriptions.isSubscribed(topic)
      if (isSettled()) return
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          removeListener()
          if (!isSettled()) lateTopics.add(topic)
          resolve()
        }
        const timer = setTimeout(done, SUBSCRIBE_TIMEOUT_MS)
        const removeListener = redis.onChange(() => {
          if (isSettled()) done()
        })
      })
    },
    async close() {
      closed = true
      clearTimeout(resendTimer)
      clearTimeout(gapTimer)
      for (const removeListener of removeListeners) removeListener()
      for (const topic of topics.keys()) redis.subscriptions.release(topic)
      topics.clear()
      gapListeners.clear()
      // The last commits of this node are on their way to other nodes' readers.
      await Promise.all(sending)
      resendQueue = []
    },
  }
}
