import { vi } from 'vitest'

/** Wait until a check passes, as long as the slowest machine may take. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 15_000, interval: 25 })
