import type { Clock, PresenceStore } from '../../core/ports.ts'

const JOINED_MS = 60_000
const TYPING_MS = 6_000
const MAX_NAMES = 5

type Topic = {
  readonly connections: Map<string, { readonly visitor: string; readonly expiresAt: number }>
  readonly typing: Map<string, { readonly name: string; readonly expiresAt: number }>
}

/** Presence of one process. What is not renewed is forgotten, also when nobody asks. */
export const createMemoryPresence = ({ now }: { now: Clock }): PresenceStore => {
  const topics = new Map<string, Topic>()
  let purgeAt = now() + JOINED_MS

  const open = (name: string): Topic => {
    const topic = topics.get(name) ?? { connections: new Map(), typing: new Map() }
    topics.set(name, topic)
    return topic
  }

  const purge = (name: string, topic: Topic): void => {
    const nowAt = now()
    for (const [connection, entry] of topic.connections)
      if (entry.expiresAt <= nowAt) topic.connections.delete(connection)
    for (const [visitor, entry] of topic.typing) if (entry.expiresAt <= nowAt) topic.typing.delete(visitor)
    if (topic.connections.size + topic.typing.size === 0) topics.delete(name)
  }

  const purgeAll = (): void => {
    if (now() < purgeAt) return
    purgeAt = now() + JOINED_MS
    for (const [name, topic] of topics) purge(name, topic)
  }

  return {
    async join(topic, connection, visitor) {
      purgeAll()
      open(topic).connections.set(connection, { visitor, expiresAt: now() + JOINED_MS })
    },
    async leave(name, connection) {
      const topic = topics.get(name)
      const left = topic?.connections.get(connection)
      if (topic === undefined || left === undefined) return
      topic.connections.delete(connection)
      const stays = [...topic.connections.values()].some((entry) => entry.visitor === left.visitor)
      if (!stays) topic.typing.delete(left.visitor)
      purge(name, topic)
    },
    async typing(topic, visitor, name) {
      purgeAll()
      open(topic).typing.set(visitor, { name, expiresAt: now() + TYPING_MS })
    },
    async state(name) {
      const topic = topics.get(name)
      if (topic === undefined) return { count: 0, typing: [] }
      purge(name, topic)
      return {
        count: new Set([...topic.connections.values()].map((entry) => entry.visitor)).size,
        typing: [...topic.typing.values()].slice(0, MAX_NAMES).map((entry) => entry.name),
      }
    },
  }
}
