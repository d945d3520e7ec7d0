import { ReparteeError } from '@repartee/sdk/protocol'
import { LRUCache } from 'lru-cache'
import { type Dialect, onlyOn } from '../dialect.ts'
import type { Sql } from '../sql.ts'
import type { Row } from '../sql-row.ts'

/** One page of a thread, as `select` text whose $1 and $2 are site and thread. */
type Page = {
  readonly text: string
  readonly params: readonly unknown[]
  /** How `text` orders its rows, in terms of `p`: a join does not keep the order. */
  readonly order: string
  /** The page must not be older than this head of its thread. */
  readonly atLeast: number | undefined
}

/** Reads a page from a follower; `null` when there is none, or its page would be too old. */
export type Followers = { read(page: Page): Promise<Row[] | null> }

/** A follower is about 4.2 s behind, so after a page that was too old the thread is not tried again for a while. */
const PAUSE_MS = 5_000
const MAX_PAUSED = 10_000

/** The page as the nearest replica has it, with the head it was read at. */
const onFollower = ({ text, order }: Page): string =>
  onlyOn(
    'cockroach',
    `select h.seq as as_of, p.* from thread_heads h left join lateral (${text}) p on true
    as of system time follower_read_timestamp()
    where h.site_id = $1::uuid and h.thread_id = $2::uuid
    order by ${order}`,
  ).text

/**
 * Follower reads, on a database that has them. Every change of a thread moves its head, so a page read at the required
 * head or a later one is current, however far behind the replica is.
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
        // No row: the thread is newer than the time the replica read at.
        if (Number(rows[0]?.as_of ?? -1) >= page.atLeast) return rows.filter((row) => row.id !== null)
      } catch (error) {
        // Such as a table newer than that time. The leaseholder may still answer.
        if (error instanceof ReparteeError) throw error
      }
      pausedUntil.set(thread, now() + PAUSE_MS)
      return null
    },
  }
}
