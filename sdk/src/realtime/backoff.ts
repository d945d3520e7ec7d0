const BASE_MS = 500
const CAP_MS = 30_000

export type Backoff = {
  /** How long to wait before the next try; never less than the server asked for. */
  next(afterMs?: number): number
  reset(): void
}

/** Full jitter: uniform below 0.5 s, doubling to 30 s, so that clients cut off together do not come back together. */
export const createBackoff = (random: () => number): Backoff => {
  let tries = 0
  return {
    next(afterMs = 0) {
      const ceilingMs = Math.min(CAP_MS, BASE_MS * 2 ** tries)
      tries += 1
      return afterMs + random() * ceilingMs
    },
    reset() {
      tries = 0
    },
  }
}
