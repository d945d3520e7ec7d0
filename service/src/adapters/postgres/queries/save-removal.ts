import type { CommentStore } from '../../../core/ports/comment-store.ts'
import type { Sql } from '../sql.ts'
import { timestamp } from '../sql-row.ts'
import { returnedColumns } from './comment-row.ts'
import { changeOne, counted, head, outcome, seen } from './thread-change.ts'

/** A tombstone still counts as a reply, because pages show it, but not as a comment. */
const text = `with ${seen},
  target as (
    select c.id, c.parent_id, c.root_id, c.listed and coalesce(n.replies, 0) > 0 as tombstone,
      case when c.listed then -1 else 0 end as comment_change,
      case when c.listed and coalesce(n.replies, 0) = 0 then -1 else 0 end as reply_change
    from comments c left join reply_counts n
    on n.site_id = c.site_id and n.thread_id = c.thread_id and n.comment_id = c.id
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid and c.deleted_at is null),
  ${head},
  ${counted},
  blanked as (
    update revisions r set body = '', html = '' from head
    where r.site_id = $1::uuid and r.thread_id = $2::uuid and r.comment_id = $3::uuid
    returning r.id),
  changed as (
    update comments c set body = '', html = '', body_digest = '', deleted_at = $4::timestamptz,
      listed = t.tombstone, seq = head.seq
    from target t cross join head
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid
    returning ${returnedColumns('c')})
  ${outcome}`

export const saveRemoval =
  (sql: Sql): CommentStore['remove'] =>
  async (q) =>
    changeOne(sql, text, [q.siteId, q.threadId, q.id, timestamp(q.nowAt)], {
      ...q,
      made: (comment) => comment.deletedAt !== null,
    })
