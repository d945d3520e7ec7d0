import type { ThreadStore } from '../../../core/ports/thread-store.ts'
import type { Row } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const countThreads =
  (sql: Sql): ThreadStore['counts'] =>
  async (siteId, pages) => {
    const rows = await sql.query<Row>(
      `select t.page, h.comment_count
      from threads t join thread_heads h on h.site_id = t.site_id and h.thread_id = t.id
      where t.site_id = $1::uuid and t.page = any($2::text[])`,
      [siteId, pages],
    )
    return Object.fromEntries(rows.map((row) => [String(row.page), Number(row.comment_count)]))
  }
