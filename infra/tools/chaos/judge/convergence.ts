import { setTimeout as pause } from 'node:timers/promises'
import type { Watch } from '../load/watch.ts'
import type { Database } from './stored.ts'

const POLL_MS = 50

/**
 * How long until every reader's `heard`, or `position`, is at what is committed now; `null` when not within the limit. In
 * the middle of faults only `heard` tells how they fare: whoever comes anew begins again at each fault to read the
 * dozens of pages before.
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
