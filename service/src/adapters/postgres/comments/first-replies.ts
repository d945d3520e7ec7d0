import type { CommentStore } from '../../../core/ports/comment-store.ts'
import type { Followers } from '../cockroach/followers.ts'
import { commentColumns, type Row, toComment } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

const text = `select ${commentColumns('c')}
  from unnest($3::uuid[]) with ordinality as r(root_id, pos)
  cross join lateral (
    select * from comments f
    where f.site_id = $1::uuid and f.thread_id = $2::uuid and f.root_id = r.root_id
    and f.parent_id is not null and f.listed
    order by f.created_seq limit $4::int8) c
  order by r.pos, c.created_seq`

const order = 'array_position($3::uuid[], p.root_id), p.created_seq'

export const listFirstReplies =
  (sql: Sql, followers: Followers): CommentStore['firstReplies'] =>
  async ({ siteId, threadId, rootIds, limit, atLeast }) => {
    const page = { text, params: [siteId, threadId, rootIds, limit], order, atLeast }
    const rows = (await followers.read(page)) ?? (await sql.query<Row>(page.text, page.params))
    return rows.map((row) => toComment(row))
  }
