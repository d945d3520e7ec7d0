import { ReparteeError } from '@repartee/sdk/protocol'
import { LRUCache } from 'lru-cache'
import { type Dialect, onlyOn } from '../dialect.ts'
import type { Sql } from '../sql.ts'
import type { Row } from '../sql-row.ts'

/** One page of a thread, as `select` text whose $1 and $2 are site and thread. */
type Page = {
  readonly text: string
  readonly params: readonly unknown[]
  /** How `text` orders its rows, in terms of `p`: what is joined has no order. */
  readonly order: string
  /** The page must not be older than this head of its thread. */
  readonly atLeast: number | undefined
}

/** Reads a page where it burdens no leaseholder; `null` when that is impossible, or the page would be too old. */
export type Followers = { read(page: Page): Promise<Row[] | null> }

/** A follower is some 4.2 s behind: a thread it did not know well enough is changing, and it is not asked again at once. */
const PAUSE_MS = 5_000
const MAX_PAUSED = 10_000

/** The page as any replica has it, and the head it has it at. */
const onFollower = ({ text, order }: Page): string =>
  onlyOn(
    'cockroach',
    `select h.seq as as_of, p.* from thread_heads h left join lateral (${text}) p on true
    as of system time follower_read_timestamp()
    where h.site_id = $1::uuid and h.thread_id = $2::uuid
    order by ${order}`,
  ).text

/**
 * Replicas that follow, where the database has them. A thread has one head for all readers, and every change moves it:
 * a page read at that head or a later one is as new as the leaseholder's, however old the replica's time is.
 */
export const createFollowers = (sql: Sql, dialect: Dialect, now: () => number): Followers => {
  const pausedUntil = new LRUCache<string, number>({ max: MAX_PAUSED })
  return {
    async read(page) {
      if (dialect !== 'cockroach' || page.atLeast === undefined) return null
      const thread = page.params.slice(0, 2).join(' ')
      if (now() < (pausedUntil.get(thread) ?? 0)) return null
      try {
        const rows = await sql.query<Row>(onFollower(page), page.params)
        // No row at all: the thread is younger than the replica's time.
        if (Number(rows[0]?.as_of ?? -1) >= page.atLeast) return rows.filter((row) => row.id !== null)
      } catch (error) {
        // Refusals of the past itself, such as a table younger than that, say nothing of the present.
        if (error instanceof ReparteeError) throw error
      }
      pausedUntil.set(thread, now() + PAUSE_MS)
      return null
    },
  }
}
