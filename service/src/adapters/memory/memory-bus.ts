import type { Bus } from '../../core/ports/bus.ts'

type Listener = (message: string) => void
type Node = Map<string, Set<Listener>>

/** Connects several buses of one process, each of which stands for a node. */
export type MemoryMedium = { readonly nodes: Set<Node> }

/** Make a medium without nodes. */
export const createMemoryMedium = (): MemoryMedium => ({ nodes: new Set() })

/**
 * A bus within one process. By default it has no receivers, which is enough for a single node. On a shared medium it
 * reaches the other buses, in the order of publishing, after the publisher's own turn.
 */
export const createMemoryBus = (medium: MemoryMedium = createMemoryMedium()): Bus => {
  const own: Node = new Map()
  medium.nodes.add(own)

  return {
    publish(topic, message) {
      if (!medium.nodes.has(own)) return
      for (const node of medium.nodes) {
        if (node === own || !node.has(topic)) continue
        queueMicrotask(() => {
          for (const listener of [...(node.get(topic) ?? [])]) listener(message)
        })
      }
    },
    subscribe(topic, listener) {
      // A new function, so that the same listener may be added twice and removed once.
      const entry: Listener = (message) => listener(message)
      const listeners = own.get(topic) ?? new Set()
      own.set(topic, listeners.add(entry))
      return () => {
        listeners.delete(entry)
        if (listeners.size === 0 && own.get(topic) === listeners) own.delete(topic)
      }
    },
    degraded: () => false,
    onGap: () => () => undefined,
    listening: async () => undefined,
    async close() {
      medium.nodes.delete(own)
      own.clear()
    },
  }
}
