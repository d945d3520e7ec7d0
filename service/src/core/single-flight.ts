/** Shares work in progress among the callers of a key. */
export type SingleFlight = {
  /** Run `work`, or await the same key's work if it is in progress. Outcomes are not kept. `first` ran the work. */
  share<T>(key: string, work: () => Promise<T>): Promise<{ value: T; first: boolean }>
  readonly size: number
}

/** Create a single flight. One key must always stand for one type of result. */
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
