import { setTimeout as pause } from 'node:timers/promises'

/** Ask every 20 ms until the answer is yes; rejects when that takes too long. An attempt that fails is a no. */
export const until = async (
  what: string,
  limitMs: number,
  attempt: () => Promise<boolean> | boolean,
): Promise<void> => {
  const startedAt = Date.now()
  let last: unknown
  while (Date.now() - startedAt < limitMs) {
    try {
      if (await attempt()) return
      last = undefined
    } catch (error) {
      last = error
    }
    await pause(20)
  }
  throw new Error(`not within ${limitMs} ms: ${what}`, { cause: last })
}
