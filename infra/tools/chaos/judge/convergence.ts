import { setTimeout as pause } from 'node:timers/promises'
import type { Watch } from '../load/watch.ts'
import type { Database } from './stored.ts'

const POLL_MS = 50

/**
 * Milliseconds until every reader's `heard` or `position` has reached what is committed now; `null` if that takes
 * longer than the limit. While faults happen, measure `heard`: a reader that is loading a thread starts again at each
 * fault, so its `position` may stay at -1 throughout.
 */
export const timeToConverge = async (
  database: Pick<Database, 'heads'>,
  watches: readonly Watch[],
  measure: 'heard' | 'position',
  limitMs: number,
): Promise<number | null> => {
  const startedAt = Date.now()
  const over = (): boolean => Date.now() - startedAt > limitMs
  let heads: ReadonlyMap<string, number> | null = null
  while (heads === null && !over()) heads = await database.heads().catch(() => pause(POLL_MS, null))
  while (!over()) {
    if (heads !== null && watches.every((watch) => watch[measure] >= (heads.get(watch.thread) ?? 0)))
      return Date.now() - startedAt
    await pause(POLL_MS)
  }
  return null
}
