import type { Clock } from '../../core/ports/clock.ts'
import type { PresenceStore } from '../../core/ports/presence-store.ts'

const JOINED_MS = 60_000
const TYPING_MS = 6_000
const MAX_NAMES = 5

type Topic = {
  /** In the order of renewal, oldest first. */
  readonly connections: Map<string, { readonly visitor: string; readonly expiresAt: number }>
  /** The number of connections of each visitor. */
  readonly visitors: Map<string, number>
  readonly typing: Map<string, { readonly name: string; readonly expiresAt: number }>
}

const remove = (topic: Topic, connection: string): void => {
  const visitor = topic.connections.get(connection)?.visitor
  if (visitor === undefined) return
  topic.connections.delete(connection)
  const left = (topic.visitors.get(visitor) ?? 0) - 1
  if (left > 0) topic.visitors.set(visitor, left)
  else {
    topic.visitors.delete(visitor)
    topic.typing.delete(visitor)
  }
}

/** Presence within one process. Entries that are not renewed expire, even without reads. Every call is cheap. */
export const createMemoryPresence = ({ now }: { now: Clock }): PresenceStore => {
  const topics = new Map<string, Topic>()
  let purgeAt = now() + JOINED_MS

  const open = (name: string): Topic => {
    const topic = topics.get(name) ?? { connections: new Map(), visitors: new Map(), typing: new Map() }
    topics.set(name, topic)
    return topic
  }

  const purge = (name: string, topic: Topic): void => {
    const nowAt = now()
    for (const [connection, entry] of topic.connections) {
      if (entry.expiresAt > nowAt) break
      remove(topic, connection)
    }
    for (const [visitor, entry] of topic.typing) {
      if (entry.expiresAt > nowAt) break
      topic.typing.delete(visitor)
    }
    if (topic.connections.size + topic.typing.size === 0) topics.delete(name)
  }

  const purgeAll = (): void => {
    if (now() < purgeAt) return
    purgeAt = now() + JOINED_MS
    for (const [name, topic] of topics) purge(name, topic)
  }

  return {
    async join(name, connection, visitor) {
      purgeAll()
      const topic = open(name)
      const known = topic.connections.get(connection)
      if (known?.visitor === visitor) topic.connections.delete(connection)
      else {
        remove(topic, connection)
        topic.visitors.set(visitor, (topic.visitors.get(visitor) ?? 0) + 1)
      }
      topic.connections.set(connection, { visitor, expiresAt: now() + JOINED_MS })
    },
    async leave(name, connection) {
      const topic = topics.get(name)
      if (topic === undefined) return
      remove(topic, connection)
      purge(name, topic)
    },
    async typing(name, visitor, displayName) {
      purgeAll()
      const topic = open(name)
      topic.typing.delete(visitor)
      topic.typing.set(visitor, { name: displayName, expiresAt: now() + TYPING_MS })
    },
    async state(name) {
      const topic = topics.get(name)
      if (topic === undefined) return { count: 0, typing: [] }
      purge(name, topic)
      return {
        count: topic.visitors.size,
        typing: [...topic.typing.values()].slice(0, MAX_NAMES).map((entry) => entry.name),
      }
    },
  }
}
