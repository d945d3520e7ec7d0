import type { CommentStore } from '../../../core/ports/comment-store.ts'
import { commentColumns, type Row, toComment } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const listReplies =
  (sql: Sql): CommentStore['replies'] =>
  async ({ siteId, threadId, rootId, after, limit }) => {
    const rows = await sql.query<Row>(
      `select ${commentColumns('c')} from comments c
      where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.root_id = $3::uuid
      and c.parent_id is not null and c.listed and c.created_seq > $4::int8
      order by c.created_seq limit $5::int8`,
      [siteId, threadId, rootId, after, limit],
    )
    return rows.map((row) => toComment(row))
  }
