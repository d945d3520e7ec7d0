import type { Bus } from '../../src/core/ports/bus.ts'

/** A pseudo-random sequence of numbers in [0, 1), the same for the same seed. */
export const createRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Two buses that lose, repeat, delay and reorder the messages between them. */
export const createFaultyBuses = (
  random: () => number,
  faults: { lose: number; repeat: number; maxDelayMs: number; degraded?: boolean },
) => {
  const listeners: Map<string, Set<(message: string) => void>>[] = [new Map(), new Map()]
  return listeners.map(
    (own): Bus => ({
      publish(topic, message) {
        for (const other of listeners) {
          if (other === own) continue
          const copies = random() < faults.lose ? 0 : random() < faults.repeat ? 2 : 1
          for (let i = 0; i < copies; i += 1)
            setTimeout(() => {
              for (const listener of [...(other.get(topic) ?? [])]) listener(message)
            }, random() * faults.maxDelayMs)
        }
      },
      subscribe(topic, listener) {
        const all = own.get(topic) ?? new Set()
        own.set(topic, all.add(listener))
        return () => all.delete(listener)
      },
      degraded: () => faults.degraded ?? false,
      onGap: () => () => undefined,
      listening: async () => undefined,
      close: async () => undefined,
    }),
  )
}
