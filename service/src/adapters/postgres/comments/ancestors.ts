import type { CommentStore } from '../../../core/ports/comment-store.ts'
import { commentColumns, type Row, toComment } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const findAncestors =
  (sql: Sql): CommentStore['ancestors'] =>
  async (siteId, threadId, comment) => {
    const rows = await sql.query<Row>(
      `with recursive up (id, parent_id, hop) as (
        select p.id, p.parent_id, 1 from comments p
        where p.site_id = $1::uuid and p.thread_id = $2::uuid and p.id = $3::uuid
        union all
        select p.id, p.parent_id, up.hop + 1 from up join comments p
        on p.site_id = $1::uuid and p.thread_id = $2::uuid and p.id = up.parent_id
        where up.hop < 50)
      select ${commentColumns('c')} from up join comments c
      on c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = up.id
      order by up.hop desc`,
      [siteId, threadId, comment.parentId],
    )
    return rows.map((row) => toComment(row))
  }
