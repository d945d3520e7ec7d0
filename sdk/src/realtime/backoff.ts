const BASE_MS = 500
const CAP_MS = 30_000

export type Backoff = {
  /** How long to wait before the next attempt. Never shorter than `minimumMs`, which the service may have asked for. */
  next(minimumMs?: number): number
  reset(): void
}

/** Exponential backoff with full jitter: uniform below a ceiling that starts at 0.5 s and doubles up to 30 s. */
export const createBackoff = (random: () => number): Backoff => {
  let attempts = 0
  return {
    next(minimumMs = 0) {
      const ceilingMs = Math.min(CAP_MS, BASE_MS * 2 ** attempts)
      attempts += 1
      return minimumMs + random() * ceilingMs
    },
    reset() {
      attempts = 0
    },
  }
}
