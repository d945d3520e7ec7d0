import type { CommentStore } from '../../../core/ports/comment-store.ts'
import { commentColumns, type Row, toComment } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const findComment =
  (sql: Sql): CommentStore['find'] =>
  async (siteId, threadId, id) => {
    const rows = await sql.query<Row>(
      `select ${commentColumns('c')} from comments c
      where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid`,
      [siteId, threadId, id],
    )
    return rows[0] === undefined ? null : toComment(rows[0])
  }
