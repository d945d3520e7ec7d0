import type { CommentStore } from '../../../core/ports/comment-store.ts'
import type { Followers } from '../cockroach/followers.ts'
import { commentColumns, type Row, toComment } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

/** Each order has an index whose predicate is spelled as here, so that planners can prove it applies. */
const texts = {
  newest: `select ${commentColumns('c')} from comments c
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.parent_id is null and c.listed
    and c.created_seq < $3::int8
    order by c.created_seq desc limit $4::int8`,
  oldest: `select ${commentColumns('c')} from comments c
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.parent_id is null and c.listed
    and c.created_seq > $3::int8
    order by c.created_seq limit $4::int8`,
  top: `select ${commentColumns('c')} from comments c
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.parent_id is null and c.listed
    and (c.score, c.created_seq) < ($3::int8, $4::int8)
    order by c.score desc, c.created_seq desc limit $5::int8`,
}

/** How `texts` order their rows. */
const orders = {
  newest: 'p.created_seq desc',
  oldest: 'p.created_seq',
  top: 'p.score desc, p.created_seq desc',
}

const LAST = Number.MAX_SAFE_INTEGER

export const listRoots =
  (sql: Sql, followers: Followers): CommentStore['roots'] =>
  async ({ siteId, threadId, sort, after, limit, atLeast }) => {
    const position = {
      newest: () => [after?.createdSeq ?? LAST],
      oldest: () => [after?.createdSeq ?? 0],
      top: () => [after?.score ?? LAST, after?.createdSeq ?? LAST],
    }[sort]()
    const page = { text: texts[sort], params: [siteId, threadId, ...position, limit], order: orders[sort], atLeast }
    const rows = (await followers.read(page)) ?? (await sql.query<Row>(page.text, page.params))
    return rows.map((row) => toComment(row))
  }
