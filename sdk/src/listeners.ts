/** Call a function of the host page. What it throws is reported as an uncaught error and stops nothing of ours. */
export const callSafely = (callback: () => void): void => {
  try {
    callback()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

export type Listeners<T> = {
  notify(value: T): void
  /** Returns a function that removes the listener. The same function may be added twice. */
  add(listener: (value: T) => void): () => void
  clear(): void
}

/** Create an empty set of listeners. One that throws does not keep the others from being called. */
export const createListeners = <T>(): Listeners<T> => {
  const listeners = new Set<{ listener: (value: T) => void }>()
  return {
    notify(value) {
      for (const { listener } of listeners) callSafely(() => listener(value))
    },
    add(listener) {
      const entry = { listener }
      listeners.add(entry)
      return () => {
        listeners.delete(entry)
      }
    },
    clear() {
      listeners.clear()
    },
  }
}
