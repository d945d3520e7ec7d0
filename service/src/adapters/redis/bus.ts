import type { Bus, Clock, Metrics } from '../../core/ports.ts'
import type { RedisHandle } from './open.ts'
import { channelOf } from './subscriptions.ts'

/** Other nodes may come back to Redis this much later than this one, and until then do not reach it. */
const GRACE_MS = 3_000
/** A subscription that takes longer is as good as lost messages: the sweep finds them. */
const LISTENING_MS = 500
const MAX_UNSENT = 256
const MAX_UNSENT_LENGTH = 1_000_000

type Listener = (message: string) => void

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
  let unsent: { readonly topic: string; readonly text: string }[] = []
  let unsentLength = 0
  let graceUntilAt = 0
  let closed = false
  const sending = new Set<Promise<void>>()

  const keep = (topic: string, text: string): void => {
    metrics.count('bus_messages', { outcome: 'unsent' })
    unsent.push({ topic, text })
    unsentLength += text.length
    while (unsent.length > MAX_UNSENT || unsentLength > MAX_UNSENT_LENGTH)
      unsentLength -= unsent.shift()?.text.length ?? 0
  }

  const send = (topic: string, text: string): void => {
    if (!redis.commands.up()) {
      keep(topic, text)
      return
    }
    const channel = channelOf(topic, redis.sharded)
    const sent: Promise<void> = redis.commands
      .run((client) => (redis.sharded ? client.spublish(channel, text) : client.publish(channel, text)))
      .then(
        () => metrics.count('bus_messages', { outcome: 'sent' }),
        () => keep(topic, text),
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
        const again = unsent
        unsent = []
        unsentLength = 0
        for (const { topic, text } of again) send(topic, text)
      }
      for (const listener of [...gapListeners]) listener()
    }),
  ]

  return {
    publish(topic, message) {
      if (!closed) send(topic, own + message)
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
