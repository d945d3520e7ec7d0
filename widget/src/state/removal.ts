/** How long a deletion can be undone. */
export const UNDO_MS = 6_000

export type Removals = {
  /** Delete after the undo time. Calling it again restarts that time. */
  start(id: string): void
  undo(id: string): void
  /** Delete now everything that waits: the reader is leaving the page. */
  flush(): void
}

/** Deletions that can still be undone. */
export const createRemovals = (remove: (id: string) => void): Removals => {
  const timers = new Map<string, ReturnType<typeof setTimeout>>()

  const undo = (id: string): void => {
    clearTimeout(timers.get(id))
    timers.delete(id)
  }
  const finish = (id: string): void => {
    undo(id)
    remove(id)
  }

  return {
    start(id) {
      undo(id)
      timers.set(
        id,
        setTimeout(() => finish(id), UNDO_MS),
      )
    },
    undo,
    flush() {
      for (const id of [...timers.keys()]) finish(id)
    },
  }
}
