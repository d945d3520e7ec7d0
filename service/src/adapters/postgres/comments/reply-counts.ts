import type { CommentStore } from '../../../core/ports/comment-store.ts'
import type { Row } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const readReplyCounts =
  (sql: Sql): CommentStore['replyCounts'] =>
  async (siteId, threadId, ids) => {
    const rows = await sql.query<Row>(
      `select n.comment_id, n.replies from reply_counts n
      where n.site_id = $1::uuid and n.thread_id = $2::uuid and n.comment_id = any($3::uuid[])`,
      [siteId, threadId, ids],
    )
    return Object.fromEntries(rows.map((row) => [String(row.comment_id), Number(row.replies)]))
  }
