import { encode } from '@repartee/sdk/protocol'
import type { Clock } from '../core/ports/clock.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { PresenceStore } from '../core/ports/presence-store.ts'
import type { JoinedThread } from './joined-thread.ts'
import type { LocalPublisher } from './local-publisher.ts'

const MIN_INTERVAL_MS = 1_000
/** Typing and the presence of a crashed node's readers expire without an event, so the state is read again. */
const RECHECK_MS = { typing: 2_000, present: 20_000 }

/** Sends the readers of a thread who is present. */
export type PresenceBroadcast = {
  /** Presence may have changed; `local` when it was on this node, so that the other nodes are notified. */
  changed(thread: JoinedThread, o: { local: boolean }): void
  forget(thread: JoinedThread): void
  close(): void
}

type Entry = { lastText: string; sentAt: number; local: boolean; timer: NodeJS.Timeout | undefined }

/** Make a broadcast: at most once a second per thread, and only when the state differs from the last one sent. */
export const createPresenceBroadcast = (o: {
  presence: PresenceStore
  sockets: LocalPublisher
  /** Tell other nodes that presence of the topic changed. */
  notifyPeers: (topic: string) => void
  log: Logger
  now: Clock
}): PresenceBroadcast => {
  const entries = new Map<string, Entry>()

  const send = async (thread: JoinedThread, entry: Entry): Promise<void> => {
    const { local } = entry
    entry.local = false
    entry.sentAt = o.now()
    try {
      const state = await o.presence.state(thread.topic)
      if (entries.get(thread.topic) !== entry) return
      const text = encode({ type: 'presence', thread: thread.ref.threadId, ...state })
      if (text !== entry.lastText) {
        entry.lastText = text
        o.sockets.publish(thread.topic, text)
        if (local) o.notifyPeers(thread.topic)
      }
      schedule(thread, entry, state.typing.length > 0 ? RECHECK_MS.typing : RECHECK_MS.present)
    } catch (error) {
      o.log.debug('could not read presence', { error })
      if (entries.get(thread.topic) === entry) schedule(thread, entry, RECHECK_MS.present)
    }
  }

  const schedule = (thread: JoinedThread, entry: Entry, ms: number): void => {
    if (entry.timer !== undefined) return
    entry.timer = setTimeout(() => {
      entry.timer = undefined
      void send(thread, entry)
    }, ms)
    entry.timer.unref()
  }

  return {
    changed(thread, { local }) {
      const entry = entries.get(thread.topic) ?? { lastText: '', sentAt: 0, local: false, timer: undefined }
      entries.set(thread.topic, entry)
      entry.local ||= local
      const waitMs = Math.max(0, entry.sentAt + MIN_INTERVAL_MS - o.now())
      clearTimeout(entry.timer)
      entry.timer = undefined
      schedule(thread, entry, Math.min(MIN_INTERVAL_MS, waitMs))
    },
    forget(thread) {
      clearTimeout(entries.get(thread.topic)?.timer)
      entries.delete(thread.topic)
    },
    close() {
      for (const entry of entries.values()) clearTimeout(entry.timer)
      entries.clear()
    },
  }
}
