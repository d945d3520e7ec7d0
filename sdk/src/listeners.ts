/** Call somebody else's code: its bug is reported as an uncaught error and never stops what comes after it. */
export const callOut = (listener: () => void): void => {
  try {
    listener()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

export type Listeners<T> = {
  tell(value: T): void
  /** Returns how to stop listening; the same function may listen twice. */
  add(listener: (value: T) => void): () => void
  clear(): void
}

/** Make an empty set of listeners; a bug of one does not keep the others from being told. */
export const createListeners = <T>(): Listeners<T> => {
  const listeners = new Set<{ listener: (value: T) => void }>()
  return {
    tell(value) {
      for (const { listener } of listeners) callOut(() => listener(value))
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
