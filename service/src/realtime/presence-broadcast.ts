import { encode } from '@repartee/sdk/protocol'
import type { Clock } from '../core/ports/clock.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { PresenceStore } from '../core/ports/presence-store.ts'
import type { ActiveThread } from './active-thread.ts'
import type { LocalPublisher } from './local-publisher.ts'

const EVERY_MS = 1_000
/** Typing ends without anybody saying so, and so does the presence of who was on a node that died. */
const LOOK_AGAIN_MS = { typing: 2_000, present: 20_000 }

/** Tells the readers of a thread who else is there. */
export type PresenceBroadcast = {
  /** Something may have changed; `here` when it was on this node, so that others hear of it. */
  touch(thread: ActiveThread, here: boolean): void
  forget(thread: ActiveThread): void
  close(): void
}

type Entry = { last: string; sentAt: number; here: boolean; timer: NodeJS.Timeout | undefined }

/** Make a broadcast: at most once a second per thread, and only when it differs from the last one. */
export const createPresenceBroadcast = (o: {
  presence: PresenceStore
  sockets: LocalPublisher
  /** Tell other nodes that presence of the topic changed. */
  tell: (topic: string) => void
  log: Logger
  now: Clock
}): PresenceBroadcast => {
  const entries = new Map<string, Entry>()

  const send = async (thread: ActiveThread, entry: Entry): Promise<void> => {
    const { here } = entry
    entry.here = false
    entry.sentAt = o.now()
    try {
      const state = await o.presence.state(thread.topic)
      if (entries.get(thread.topic) !== entry) return
      const text = encode({ type: 'presence', thread: thread.ref.threadId, ...state })
      if (text !== entry.last) {
        entry.last = text
        o.sockets.publish(thread.topic, text)
        if (here) o.tell(thread.topic)
      }
      schedule(thread, entry, state.typing.length > 0 ? LOOK_AGAIN_MS.typing : LOOK_AGAIN_MS.present)
    } catch (error) {
      o.log.debug('could not read presence', { error })
      if (entries.get(thread.topic) === entry) schedule(thread, entry, LOOK_AGAIN_MS.present)
    }
  }

  const schedule = (thread: ActiveThread, entry: Entry, ms: number): void => {
    if (entry.timer !== undefined) return
    entry.timer = setTimeout(() => {
      entry.timer = undefined
      void send(thread, entry)
    }, ms)
    entry.timer.unref()
  }

  return {
    touch(thread, here) {
      const entry = entries.get(thread.topic) ?? { last: '', sentAt: 0, here: false, timer: undefined }
      entries.set(thread.topic, entry)
      entry.here ||= here
      const waitMs = Math.max(0, entry.sentAt + EVERY_MS - o.now())
      clearTimeout(entry.timer)
      entry.timer = undefined
      schedule(thread, entry, Math.min(EVERY_MS, waitMs))
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
