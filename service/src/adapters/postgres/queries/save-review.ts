import type { CommentStore } from '../../../core/ports/comment-store.ts'
import type { Sql } from '../sql.ts'
import { returnedColumns } from './comment-row.ts'
import { changeOne, counted, head, outcome, seen } from './thread-change.ts'

const text = `with ${seen},
  target as (
    select c.id, c.parent_id, c.root_id,
      case when $4::text = 'approved' then 1 else 0 end - case when c.listed then 1 else 0 end as comment_change,
      case when $4::text = 'approved' then 1 else 0 end - case when c.listed then 1 else 0 end as reply_change
    from comments c
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid
    and c.deleted_at is null and c.status <> $4::text),
  ${head},
  ${counted},
  changed as (
    update comments c set status = $4::text, listed = ($4::text = 'approved'),
      published = (c.published or $4::text = 'approved'), seq = head.seq
    from head
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid
    returning ${returnedColumns('c')})
  ${outcome}`

export const saveReview =
  (sql: Sql): CommentStore['review'] =>
  async (q) =>
    changeOne(sql, text, [q.siteId, q.threadId, q.id, q.status], {
      ...q,
      made: (comment) => comment.status === q.status && comment.deletedAt === null,
    })
