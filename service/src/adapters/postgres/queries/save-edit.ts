import type { CommentStore } from '../../../core/ports/comment-store.ts'
import type { Sql } from '../sql.ts'
import { timestamp } from '../sql-row.ts'
import { returnedColumns } from './comment-row.ts'
import { changeOne, counted, head, outcome, seen } from './thread-change.ts'

/** The statement decides on the status: a review may have been committed since the caller read the comment. */
const text = `with ${seen},
  target as (
    select c.id, c.parent_id, c.root_id, c.body, c.html,
      case when c.listed and $7::text <> 'approved' then -1 else 0 end as comment_change,
      case when c.listed and $7::text <> 'approved' then -1 else 0 end as reply_change
    from comments c
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid and c.deleted_at is null
    and not exists (select 1 from revisions r where r.site_id = $1::uuid and r.thread_id = $2::uuid
      and r.comment_id = $3::uuid and r.id = $8::uuid)),
  ${head},
  ${counted},
  revised as (
    insert into revisions (site_id, thread_id, comment_id, id, body, html, replaced_at)
    select $1::uuid, $2::uuid, t.id, $8::uuid, t.body, t.html, $9::timestamptz from target t cross join head
    returning id),
  changed as (
    update comments c set body = $4::text, html = $5::text, body_digest = $6::text,
      status = case when c.status = 'approved' then $7::text else c.status end,
      listed = (c.listed and $7::text = 'approved'), edited_at = $9::timestamptz, seq = head.seq
    from head
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid
    returning ${returnedColumns('c')})
  ${outcome}`

/** The revision's id belongs to one edit alone: if the revision exists, that edit was committed. */
const isRevised = async (sql: Sql, q: Parameters<CommentStore['edit']>[0]): Promise<boolean> => {
  const rows = await sql.query(
    `select r.id from revisions r where r.site_id = $1::uuid and r.thread_id = $2::uuid
    and r.comment_id = $3::uuid and r.id = $4::uuid`,
    [q.siteId, q.threadId, q.id, q.revisionId],
  )
  return rows.length === 1
}

export const saveEdit =
  (sql: Sql): CommentStore['edit'] =>
  async (q) =>
    changeOne(
      sql,
      text,
      [q.siteId, q.threadId, q.id, q.body, q.html, q.bodyDigest, q.status, q.revisionId, timestamp(q.nowAt)],
      { ...q, made: () => isRevised(sql, q) },
    )
