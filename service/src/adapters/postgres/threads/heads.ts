import type { ThreadStore } from '../../../core/ports/thread-store.ts'
import type { Row } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const readHeads =
  (sql: Sql): ThreadStore['heads'] =>
  async (threads) => {
    const rows = await sql.query<Row>(
      `select h.site_id, h.thread_id, h.seq
      from unnest($1::uuid[], $2::uuid[]) as r(site_id, thread_id)
      join thread_heads h on h.site_id = r.site_id and h.thread_id = r.thread_id`,
      [threads.map((thread) => thread.siteId), threads.map((thread) => thread.threadId)],
    )
    return rows.map((row) => ({
      siteId: String(row.site_id),
      threadId: String(row.thread_id),
      head: Number(row.seq),
    }))
  }
