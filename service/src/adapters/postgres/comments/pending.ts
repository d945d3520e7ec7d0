import { NIL_ID } from '../../../core/nil-id.ts'
import type { CommentStore } from '../../../core/ports/comment-store.ts'
import { commentColumns, type Row, toComment } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const listPending =
  (sql: Sql): CommentStore['pending'] =>
  async (siteId, after, limit) => {
    const rows = await sql.query<Row>(
      `select ${commentColumns('c')} from comments c
      where c.site_id = $1::uuid and c.id > $2::uuid and c.status = 'pending' and c.deleted_at is null
      order by c.id limit $3::int8`,
      [siteId, after ?? NIL_ID, limit],
    )
    return rows.map((row) => toComment(row))
  }
