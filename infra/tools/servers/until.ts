import { setTimeout as pause } from 'node:timers/promises'

const STEP_MS = 20

/**
 * Try every 20 ms until an attempt resolves to true; an attempt that throws counts as a no. Rejects after `limitMs`, with
 * the last failure as the cause.
 */
export const until = async (
  what: string,
  limitMs: number,
  attempt: () => Promise<boolean> | boolean,
): Promise<void> => {
  const startedAt = performance.now()
  let last: unknown
  while (performance.now() - startedAt < limitMs) {
    try {
      if (await attempt()) return
      last = undefined
    } catch (error) {
      last = error
    }
    await pause(STEP_MS)
  }
  throw new Error(`not within ${limitMs} ms: ${what}`, { cause: last })
}
