import type { CommentStore } from '../../../core/ports/comment-store.ts'
import { commentColumns, type Row, toComment } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const listChangedSince =
  (sql: Sql): CommentStore['changedSince'] =>
  async ({ siteId, threadId, since, limit }) => {
    const rows = await sql.query<Row>(
      `select ${commentColumns('c')} from comments c
      where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.seq > $3::int8
      order by c.seq limit $4::int8`,
      [siteId, threadId, since, limit],
    )
    return rows.map((row) => toComment(row))
  }
