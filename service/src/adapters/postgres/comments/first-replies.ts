import type { CommentStore } from '../../../core/ports.ts'
import { commentColumns, type Row, toComment } from '../row.ts'
import type { Sql } from '../sql.ts'

export const listFirstReplies =
  (sql: Sql): CommentStore['firstReplies'] =>
  async ({ siteId, threadId, rootIds, limit }) => {
    const rows = await sql.query<Row>(
      `select ${commentColumns('c')}
      from unnest($3::uuid[]) with ordinality as r(root_id, pos)
      cross join lateral (
        select * from comments f
        where f.site_id = $1::uuid and f.thread_id = $2::uuid and f.root_id = r.root_id
        and f.parent_id is not null and f.listed
        order by f.created_seq limit $4::int8) c
      order by r.pos, c.created_seq`,
      [siteId, threadId, rootIds, limit],
    )
    return rows.map((row) => toComment(row))
  }
