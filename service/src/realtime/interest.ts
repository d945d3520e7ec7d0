import type { ThreadRef } from '../core/ports/thread-store.ts'
import { topicOf } from './topic.ts'

/** Readers who turn a page leave and come back; until then nothing is torn down. */
const LINGER_MS = 5_000

/** Which threads this node has readers for, counted. */
export type Interest<T> = {
  /** One more reader. */
  join(ref: ThreadRef): T
  /** One reader less. What was opened is closed a while after the last one. */
  leave(ref: ThreadRef): void
  get(ref: ThreadRef): T | undefined
  /** Everything open, also what lingers. */
  all(): readonly T[]
  close(): void
}

type Entry<T> = { readonly value: T; readers: number; timer: NodeJS.Timeout | undefined }

/** Make an empty register; `open` is called for a thread's first reader, `close` once after its last. */
export const createInterest = <T>(o: {
  open: (ref: ThreadRef) => T
  close: (value: T) => void
  lingerMs?: number
}): Interest<T> => {
  const entries = new Map<string, Entry<T>>()

  return {
    join(ref) {
      const topic = topicOf(ref)
      const entry = entries.get(topic) ?? { value: o.open(ref), readers: 0, timer: undefined }
      entries.set(topic, entry)
      clearTimeout(entry.timer)
      entry.readers += 1
      return entry.value
    },
    leave(ref) {
      const topic = topicOf(ref)
      const entry = entries.get(topic)
      if (entry === undefined || entry.readers === 0) return
      entry.readers -= 1
      if (entry.readers > 0) return
      entry.timer = setTimeout(() => {
        entries.delete(topic)
        o.close(entry.value)
      }, o.lingerMs ?? LINGER_MS)
      entry.timer.unref()
    },
    get: (ref) => entries.get(topicOf(ref))?.value,
    all: () => [...entries.values()].map((entry) => entry.value),
    close() {
      for (const entry of entries.values()) {
        clearTimeout(entry.timer)
        o.close(entry.value)
      }
      entries.clear()
    },
  }
}
