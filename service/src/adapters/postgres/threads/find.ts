import type { ThreadStore } from '../../../core/ports/thread-store.ts'
import { type Row, threadColumns, toThread } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const findThread =
  (sql: Sql): ThreadStore['find'] =>
  async (siteId, threadId) => {
    const rows = await sql.query<Row>(
      `select ${threadColumns}
      from threads t join thread_heads h on h.site_id = t.site_id and h.thread_id = t.id
      where t.site_id = $1::uuid and t.id = $2::uuid`,
      [siteId, threadId],
    )
    return rows[0] === undefined ? null : toThread(rows[0])
  }
