import type { ThreadRef } from '../core/ports/thread-store.ts'
import { topicOf } from './topic.ts'

/** Readers who change pages leave and come back; a topic stays open this long without readers. */
const LINGER_MS = 5_000

/** The topics that this node has readers for, with a count of the readers. */
export type TopicRegistry<T> = {
  /** Add a reader; returns what was opened for the first one. */
  acquire(ref: ThreadRef): T
  /** Remove a reader. What was opened is closed a while after the last one. */
  release(ref: ThreadRef): void
  get(ref: ThreadRef): T | undefined
  /** Everything that is open, with or without readers. */
  all(): readonly T[]
  /** How many topics are open. */
  readonly size: number
  close(): void
}

type Entry<T> = { readonly value: T; readers: number; closeTimer: NodeJS.Timeout | undefined }

/** Make an empty registry; `open` is called for a topic's first reader, `close` once after its last. */
export const createTopicRegistry = <T>(o: {
  open: (ref: ThreadRef) => T
  close: (value: T) => void
  lingerMs?: number
}): TopicRegistry<T> => {
  const entries = new Map<string, Entry<T>>()

  return {
    acquire(ref) {
      const topic = topicOf(ref)
      const entry = entries.get(topic) ?? { value: o.open(ref), readers: 0, closeTimer: undefined }
      entries.set(topic, entry)
      clearTimeout(entry.closeTimer)
      entry.readers += 1
      return entry.value
    },
    release(ref) {
      const topic = topicOf(ref)
      const entry = entries.get(topic)
      if (entry === undefined || entry.readers === 0) return
      entry.readers -= 1
      if (entry.readers > 0) return
      entry.closeTimer = setTimeout(() => {
        entries.delete(topic)
        o.close(entry.value)
      }, o.lingerMs ?? LINGER_MS)
      entry.closeTimer.unref()
    },
    get: (ref) => entries.get(topicOf(ref))?.value,
    all: () => [...entries.values()].map((entry) => entry.value),
    get size() {
      return entries.size
    },
    close() {
      for (const entry of entries.values()) {
        clearTimeout(entry.closeTimer)
        o.close(entry.value)
      }
      entries.clear()
    },
  }
}
