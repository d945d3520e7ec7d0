import type { Delta, ServerMessage } from '@repartee/sdk/protocol'
import { newId } from '@repartee/sdk/protocol'
import { createMemoryBus, createMemoryMedium } from '../../src/adapters/memory/memory-bus.ts'
import { createMemoryPresence } from '../../src/adapters/memory/memory-presence.ts'
import type { Bus } from '../../src/core/ports/bus.ts'
import { toDelta } from '../../src/core/threads/to-delta.ts'
import { topicOf } from '../../src/realtime/topic.ts'
import { createMemoryStore } from '../../testing/memory-store.ts'
import { createTestNode, demoSite, newComment, type TestNode } from '../../testing/realtime-setup.ts'

/** A thread with `head` comments, and a way to start nodes that share a bus and a store. */
export const setup = async (head = 0) => {
  const site = demoSite()
  const memory = createMemoryStore({ site })
  const thread = newId()
  memory.open(thread)
  const ref = { siteId: site.id, threadId: thread }
  const commit = async (): Promise<Delta> => {
    const written = await memory.store.comments.insert(site.id, thread, [newComment()])
    if (written === null) throw new Error('not stored')
    return toDelta(thread, written)
  }
  for (let i = 0; i < head; i += 1) await commit()
  const medium = createMemoryMedium()
  const node = (bus: Bus = createMemoryBus(medium), presence = createMemoryPresence({ now: Date.now })) =>
    createTestNode({ store: memory.store, bus, presence })
  /** Record what the sockets of a node that joined the topic are sent. */
  const record = (of: TestNode): ServerMessage[] => {
    const messages: ServerMessage[] = []
    of.topics.set(topicOf(ref), new Set([(frame: string) => void messages.push(JSON.parse(frame))]))
    return messages
  }
  return { site, memory, thread, ref, commit, node, record, medium }
}

/** The ranges of the deltas among some messages. */
export const ranges = (messages: readonly ServerMessage[]) =>
  messages.flatMap((message) => (message.type === 'delta' ? [[message.from, message.to]] : []))

/** Subscribe the way a session does. */
export const attach = async (node: TestNode, ref: { siteId: string; threadId: string }): Promise<void> => {
  node.hub.join(ref)
  await node.hub.recover(ref, {}, () => undefined)
}
