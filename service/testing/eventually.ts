import { vi } from 'vitest'

/** Retry a check until it passes, for up to 15 s, so that slow machines have time. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000, interval: 25 })
