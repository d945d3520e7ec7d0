import type { CommentStore } from '../../../core/ports/comment-store.ts'
import { commentColumns, type Row, toComment } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const listPendingOf =
  (sql: Sql): CommentStore['pendingOf'] =>
  async (siteId, threadId, authorId) => {
    const rows = await sql.query<Row>(
      `select ${commentColumns('c')} from comments c
      where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.author_id = $3::uuid
      and c.status = 'pending' and c.deleted_at is null
      order by c.created_seq limit 50`,
      [siteId, threadId, authorId],
    )
    return rows.map((row) => toComment(row))
  }
