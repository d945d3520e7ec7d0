import type { Bus } from '../../core/ports/bus.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import { channelOf } from './channel-subscriptions.ts'
import type { RedisHandle } from './open-redis.ts'

/** Other nodes may come back to Redis this much later than this one, and until then do not reach it. */
const GRACE_MS = 3_000
/** A subscription that takes longer keeps nobody waiting; what was said until it is made counts as lost. */
const LISTENING_MS = 500
const RESEND_MS = 500
/** Subscriptions that come late come many at a time, and a gap is one for all topics. */
const GAP_MS = 200
/** By then the regular sweep of everybody has found it. */
const MAX_UNSENT_AGE_MS = 20_000
const MAX_UNSENT = 256
const MAX_UNSENT_LENGTH = 1_000_000

type Listener = (message: string) => void

type Message = { readonly topic: string; readonly text: string; readonly publishedAt: number }

/**
 * A bus over Redis Pub/Sub: each message is the publisher's name, a line feed, and the text as it is. A message may come
 * twice, as when the client sends it again after a cut: that is harmless, since each says which changes it leads from and
 * to, and who knows them drops it.
 */
export const createRedisBus = (o: { redis: RedisHandle; metrics: Metrics; now: Clock }): Bus => {
  const { redis, metrics } = o
  const own = `${redis.node}\n`
  const topics = new Map<string, Set<Listener>>()
  const gapListeners = new Set<() => void>()
  /** What could not be sent lately, for who still heard everybody else meanwhile and so did not look. */
  let unsent: Message[] = []
  let unsentLength = 0
  let resending: NodeJS.Timeout | undefined
  /** Topics whose subscription took too long. */
  const late = new Set<string>()
  let telling: NodeJS.Timeout | undefined
  let graceUntilAt = 0
  let closed = false
  const sending = new Set<Promise<void>>()

  const keep = (message: Message): void => {
    metrics.count('bus_messages', { outcome: 'unsent' })
    if (closed) return
    unsent.push(message)
    unsentLength += message.text.length
    while (unsent.length > MAX_UNSENT || unsentLength > MAX_UNSENT_LENGTH)
      unsentLength -= unsent.shift()?.text.length ?? 0
    resendLater()
  }

  /** Also while Redis works: it may have refused one message, as when a part of a cluster moves. */
  const resendLater = (): void => {
    resending ??= setTimeout(() => {
      resending = undefined
      if (redis.commands.up()) resend()
      else resendLater()
    }, RESEND_MS)
    resending.unref()
  }

  const resend = (): void => {
    const again = unsent
    unsent = []
    unsentLength = 0
    const sinceAt = o.now() - MAX_UNSENT_AGE_MS
    for (const message of again) if (message.publishedAt >= sinceAt) send(message)
  }

  const tellOfGap = (): void => {
    for (const listener of [...gapListeners]) listener()
  }

  const send = (message: Message): void => {
    if (!redis.commands.up()) {
      keep(message)
      return
    }
    const { topic, text } = message
    const channel = channelOf(topic, redis.sharded)
    const sent: Promise<void> = redis.commands
      .run((client) => (redis.sharded ? client.spublish(channel, text) : client.publish(channel, text)))
      .then(
        () => metrics.count('bus_messages', { outcome: 'sent' }),
        () => keep(message),
      )
      .finally(() => sending.delete(sent))
    sending.add(sent)
  }

  const stops = [
    redis.onMessage((topic, text) => {
      if (text.startsWith(own)) return
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
      tellOfGap()
    }),
    redis.onChanged(() => {
      const heard = [...late].filter((topic) => redis.subscriptions.heard(topic))
      for (const topic of heard) late.delete(topic)
      if (heard.length === 0) return
      telling ??= setTimeout(() => {
        telling = undefined
        tellOfGap()
      }, GAP_MS)
      telling.unref()
    }),
  ]

  return {
    publish(topic, message) {
      if (!closed) send({ topic, text: own + message, publishedAt: o.now() })
    },
    subscribe(topic, listener) {
      // A function of its own, so that the same listener may be given twice and taken back once.
      const entry: Listener = (message) => listener(message)
      const listeners = topics.get(topic) ?? new Set()
      topics.set(topic, listeners.add(entry))
      if (listeners.size === 1 && !closed) redis.subscriptions.add(topic)
      return () => {
        if (!listeners.delete(entry) || listeners.size > 0 || topics.get(topic) !== listeners) return
        topics.delete(topic)
        late.delete(topic)
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
      const settled = (): boolean =>
        closed || !topics.has(topic) || redis.mode() === 'degraded' || redis.subscriptions.heard(topic)
      if (settled()) return
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          stop()
          if (!settled()) late.add(topic)
          resolve()
        }
        const timer = setTimeout(done, LISTENING_MS)
        const stop = redis.onChanged(() => {
          if (settled()) done()
        })
      })
    },
    async close() {
      closed = true
      clearTimeout(resending)
      clearTimeout(telling)
      for (const stop of stops) stop()
      for (const topic of topics.keys()) redis.subscriptions.release(topic)
      topics.clear()
      gapListeners.clear()
      // What this node committed last is on its way to the others' readers.
      await Promise.all(sending)
      unsent = []
    },
  }
}
