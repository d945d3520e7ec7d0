import { setMaxListeners } from 'node:events'
import type { Bus } from '../core/ports/bus.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { PresenceStore } from '../core/ports/presence-store.ts'
import type { Publisher } from '../core/ports/publisher.ts'
import type { Store } from '../core/ports/store.ts'
import type { ThreadRef } from '../core/ports/thread-store.ts'
import { ActiveThread } from './active-thread.ts'
import { createCoalescer } from './coalesce.ts'
import { packEnvelope, unpackEnvelope } from './envelope.ts'
import { toFrame } from './frame.ts'
import { createInterest } from './interest.ts'
import type { LocalPublisher } from './local-publisher.ts'
import { createPresenceBroadcast } from './presence-broadcast.ts'
import { type ClientPosition, type Recovery, recover } from './recovery.ts'
import { createSweeper } from './sweep.ts'
import { topicOf } from './topic.ts'
import { waitForChange } from './wait-for-change.ts'

/** A thread with readers on this node; its strings are shared by all of them. */
export type JoinedThread = Pick<ActiveThread, 'ref' | 'topic'>

/** The live side of a node: what is committed here or elsewhere reaches the readers of this node. */
export type Hub = Publisher & {
  /** One more local reader of a thread, a socket or a long-poll; every `join` needs its `leave`. */
  join(ref: ThreadRef): JoinedThread
  leave(ref: ThreadRef): void
  /**
   * Find what a client missed; it has joined before. `attach` is called in the moment at which backlog and live feed
   * meet, and is where the socket joins the topic. Rejects with `thread_not_found` or `unavailable`.
   */
  recover(ref: ThreadRef, position: ClientPosition, attach: (recovery: Recovery) => void): Promise<void>
  /** Resolves when the thread has changes after `since`, at the latest after `waitMs` or on abort. */
  waitForChange(ref: ThreadRef, since: number, waitMs: number, signal: AbortSignal): Promise<void>
  /** The newest change sent on this node; `null` for a thread nobody reads here. */
  head(ref: ThreadRef): number | null
  /** Answer every waiting long-poll now, and let none wait any more. */
  endPolls(): void
  /** Somebody came, went or types on this node. */
  presenceChanged(ref: ThreadRef): void
  /** Send what waits, and stop listening and sweeping. */
  close(): Promise<void>
}

/** Start the hub of a node. */
export const createHub = (o: {
  /** Names this process among its peers. */
  node: string
  sockets: LocalPublisher
  bus: Bus
  store: Pick<Store, 'threads' | 'comments' | 'epoch'>
  presence: PresenceStore
  metrics: Metrics
  log: Logger
  now: Clock
  /** The time all nodes go by, where `now` is good for durations alone. */
  time?: Clock
}): Hub => {
  const { node } = o
  const time = o.time ?? o.now
  let polls = 0
  const ending = new AbortController()
  setMaxListeners(0, ending.signal)

  const presence = createPresenceBroadcast({
    ...o,
    tell: (topic) => o.bus.publish(topic, packEnvelope({ type: 'presence', node })),
  })

  const hear = (thread: ActiveThread, message: string): void => {
    const envelope = unpackEnvelope(message)
    if (envelope === null) o.log.warn('unreadable message on the bus', { length: message.length })
    else if (envelope.node === node) return
    else if (envelope.type === 'presence') presence.touch(thread, false)
    else {
      thread.deliver(envelope.frame)
      if (envelope.publishedAt !== undefined)
        o.metrics.observe('delta_lag_ms', Math.max(0, time() - envelope.publishedAt), { from: 'bus' })
    }
  }

  const interest = createInterest<{ thread: ActiveThread; stop: () => void }>({
    open(ref) {
      const thread = new ActiveThread(ref, o)
      const stop = o.bus.subscribe(thread.topic, (message) => hear(thread, message))
      return { thread, stop }
    },
    close({ thread, stop }) {
      stop()
      presence.forget(thread)
      thread.close()
      o.metrics.gauge('active_threads', interest.all().length)
    },
  })
  const threads = (): ActiveThread[] => interest.all().map((entry) => entry.thread)

  const coalescer = createCoalescer({
    now: o.now,
    flush(siteId, delta, waitedMs) {
      const frame = toFrame(delta)
      o.metrics.count('deltas_published')
      o.metrics.observe('delta_lag_ms', waitedMs, { from: 'here' })
      const ref = { siteId, threadId: delta.thread }
      interest.get(ref)?.thread.deliver(frame)
      o.bus.publish(
        topicOf(ref),
        packEnvelope({ type: 'delta', node, frame, publishedAt: Math.round(time() - waitedMs) }),
      )
    },
  })

  const sweeper = createSweeper({ ...o, threads })
  const stopSweepingOnGaps = o.bus.onGap(() => {
    for (const thread of threads()) thread.invalidate()
    void sweeper.sweep()
  })

  const join = (ref: ThreadRef): ActiveThread => {
    const { thread } = interest.join(ref)
    o.metrics.gauge('active_threads', interest.all().length)
    return thread
  }

  return {
    publish: (siteId, delta) => coalescer.add(siteId, delta),
    join,
    leave: (ref) => interest.leave(ref),
    async recover(ref, position, attach) {
      // Held for the time of reading, so that the feed cannot end under it.
      const thread = join(ref)
      try {
        await recover(o, thread, position, attach)
      } finally {
        interest.leave(ref)
      }
    },
    async waitForChange(ref, since, waitMs, signal) {
      const thread = join(ref)
      o.metrics.gauge('long_polls', ++polls)
      try {
        await waitForChange(thread, since, waitMs, [signal, ending.signal])
      } finally {
        o.metrics.gauge('long_polls', --polls)
        interest.leave(ref)
      }
    },
    endPolls: () => ending.abort(),
    head: (ref) => interest.get(ref)?.thread.head ?? null,
    presenceChanged(ref) {
      const entry = interest.get(ref)
      if (entry !== undefined) presence.touch(entry.thread, true)
    },
    async close() {
      coalescer.close()
      stopSweepingOnGaps()
      sweeper.close()
      interest.close()
      presence.close()
    },
  }
}
