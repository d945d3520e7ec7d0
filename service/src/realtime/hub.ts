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
import { decodeBusMessage, encodeBusMessage } from './bus-message.ts'
import { createCoalescer } from './coalesce.ts'
import { toFrame } from './frame.ts'
import type { JoinedThread } from './joined-thread.ts'
import type { LocalPublisher } from './local-publisher.ts'
import { createPresenceBroadcast } from './presence-broadcast.ts'
import { type ClientPosition, type Recovery, recover } from './recovery.ts'
import { createSweeper } from './sweep.ts'
import { topicOf } from './topic.ts'
import { createTopicRegistry } from './topic-registry.ts'
import { waitForChange } from './wait-for-change.ts'

/** The live side of a node: what is committed on any node reaches the readers of this one. */
export type Hub = Publisher & {
  /** Add a local reader of a thread, a socket or a long-poll; every `join` needs its `leave`. */
  join(ref: ThreadRef): JoinedThread
  leave(ref: ThreadRef): void
  /**
   * Find what a client missed; it has joined before. `attach` is called when backlog and live feed meet: the socket joins
   * the topic within it. Rejects with `thread_not_found` or `unavailable`.
   */
  recover(ref: ThreadRef, position: ClientPosition, attach: (recovery: Recovery) => void): Promise<void>
  /** Resolves when the thread has changes after `since`, at the latest after `waitMs` or on abort. */
  waitForChange(ref: ThreadRef, since: number, waitMs: number, signal: AbortSignal): Promise<void>
  /** The newest change sent on this node; `null` for a thread without readers here. */
  head(ref: ThreadRef): number | null
  /** Answer all waiting long-polls now, and let no more wait. */
  endPolls(): void
  /** Someone came, left or is typing on this node. */
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
  /** The clock that all nodes share; needed where `now` is only good for durations. */
  time?: Clock
}): Hub => {
  const { node } = o
  const time = o.time ?? o.now
  let polls = 0
  const ending = new AbortController()
  setMaxListeners(0, ending.signal)

  const presence = createPresenceBroadcast({
    ...o,
    notifyPeers: (topic) => o.bus.publish(topic, encodeBusMessage({ type: 'presence', node })),
  })

  const onBusMessage = (thread: ActiveThread, text: string): void => {
    const message = decodeBusMessage(text)
    if (message === null) o.log.warn('unreadable message on the bus', { length: text.length })
    else if (message.node === node) return
    else if (message.type === 'presence') presence.changed(thread, { local: false })
    else {
      thread.deliver(message.frame)
      if (message.publishedAt !== undefined)
        o.metrics.observe('delta_lag_ms', Math.max(0, time() - message.publishedAt), { from: 'bus' })
    }
  }

  const registry = createTopicRegistry<{ thread: ActiveThread; unsubscribe: () => void }>({
    open(ref) {
      const thread = new ActiveThread(ref, o)
      return { thread, unsubscribe: o.bus.subscribe(thread.topic, (text) => onBusMessage(thread, text)) }
    },
    close({ thread, unsubscribe }) {
      unsubscribe()
      presence.forget(thread)
      thread.close()
      o.metrics.gauge('active_threads', registry.size)
    },
  })
  const threads = (): ActiveThread[] => registry.all().map((entry) => entry.thread)

  const coalescer = createCoalescer({
    now: o.now,
    flush(siteId, delta, waitedMs) {
      const frame = toFrame(delta)
      o.metrics.count('deltas_published')
      o.metrics.observe('delta_lag_ms', waitedMs, { from: 'here' })
      const ref = { siteId, threadId: delta.thread }
      registry.get(ref)?.thread.deliver(frame)
      const publishedAt = Math.round(time() - waitedMs)
      o.bus.publish(topicOf(ref), encodeBusMessage({ type: 'delta', node, frame, publishedAt }))
    },
  })

  const sweeper = createSweeper({ ...o, threads })
  const stopListeningForGaps = o.bus.onGap(() => {
    for (const thread of threads()) thread.invalidate()
    void sweeper.sweep()
  })

  const join = (ref: ThreadRef): ActiveThread => {
    const { thread } = registry.acquire(ref)
    o.metrics.gauge('active_threads', registry.size)
    return thread
  }

  return {
    publish: (siteId, delta) => coalescer.add(siteId, delta),
    join,
    leave: (ref) => registry.release(ref),
    async recover(ref, position, attach) {
      // Joined while it is read, so that the feed is not closed meanwhile.
      const thread = join(ref)
      try {
        await recover(o, thread, position, attach)
      } finally {
        registry.release(ref)
      }
    },
    async waitForChange(ref, since, waitMs, signal) {
      const thread = join(ref)
      o.metrics.gauge('long_polls', ++polls)
      try {
        await waitForChange(thread, since, waitMs, [signal, ending.signal])
      } finally {
        o.metrics.gauge('long_polls', --polls)
        registry.release(ref)
      }
    },
    endPolls: () => ending.abort(),
    head: (ref) => registry.get(ref)?.thread.head ?? null,
    presenceChanged(ref) {
      const entry = registry.get(ref)
      if (entry !== undefined) presence.changed(entry.thread, { local: true })
    },
    async close() {
      coalescer.close()
      stopListeningForGaps()
      sweeper.close()
      registry.close()
      presence.close()
    },
  }
}
