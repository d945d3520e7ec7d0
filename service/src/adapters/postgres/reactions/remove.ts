import type { ReactionChange } from '../../../core/ports/reaction-store.ts'
import { changeOne, head, nothingCounted, outcome, seen } from '../change.ts'
import { returnedColumns } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

const text = `with ${seen},
  target as (
    select c.id, 0 as comment_change from comments c
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid and c.listed and c.deleted_at is null
    and exists (select 1 from reactions r where r.site_id = $1::uuid and r.thread_id = $2::uuid
      and r.comment_id = $3::uuid and r.author_id = $4::uuid and r.kind = $5::text)),
  ${head},
  ${nothingCounted},
  removed as (
    delete from reactions r using head
    where r.site_id = $1::uuid and r.thread_id = $2::uuid and r.comment_id = $3::uuid
    and r.author_id = $4::uuid and r.kind = $5::text
    returning r.kind),
  changed as (
    update comments c set score = c.score - 1, seq = head.seq,
      reactions = case when (c.reactions ->> $5::text)::int8 > 1
        then c.reactions || jsonb_build_object($5::text, (c.reactions ->> $5::text)::int8 - 1)
        else c.reactions - $5::text end
    from head
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid
    returning ${returnedColumns('c')})
  ${outcome}`

/** Remove one reader's reaction; `null` when there was none. */
export const removeReaction = async (sql: Sql, q: Omit<ReactionChange, 'on' | 'nowAt'>) =>
  changeOne(sql, text, [q.siteId, q.threadId, q.commentId, q.authorId, q.kind], {
    ...q,
    id: q.commentId,
    made: (comment) => comment.listed && comment.deletedAt === null,
  })
