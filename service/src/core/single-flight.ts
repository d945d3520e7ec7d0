/** Work in progress by key. */
export type SingleFlight = {
  /** Run `work`, or share the outcome of the same key's work while it is in progress; nothing is kept afterwards. */
  share<T>(key: string, work: () => Promise<T>): Promise<{ value: T; first: boolean }>
  readonly size: number
}

/** Make an empty set of singleFlight. One key must always stand for one type of result. */
export const createSingleFlight = (): SingleFlight => {
  const running = new Map<string, Promise<unknown>>()
  return {
    async share<T>(key: string, work: () => Promise<T>) {
      const shared = running.get(key) as Promise<T> | undefined
      if (shared !== undefined) return { value: await shared, first: false }
      const promise = (async () => work())()
      running.set(key, promise)
      try {
        return { value: await promise, first: true }
      } finally {
        running.delete(key)
      }
    },
    get size() {
      return running.size
    },
  }
}
