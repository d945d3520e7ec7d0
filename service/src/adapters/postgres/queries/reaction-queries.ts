import type { ReactionChange, ReactionStore } from '../../../core/ports/reaction-store.ts'
import type { Sql } from '../sql.ts'
import { type Row, timestamp } from '../sql-row.ts'
import { returnedColumns } from './comment-row.ts'
import { changeOne, head, nothingCounted, outcome, seen } from './thread-change.ts'

export const listReactionsByAuthor =
  (sql: Sql): ReactionStore['byAuthor'] =>
  async (siteId, threadId, authorId, commentIds) => {
    const rows = await sql.query<Row>(
      `select r.comment_id, r.kind from reactions r
      where r.site_id = $1::uuid and r.thread_id = $2::uuid and r.comment_id = any($4::uuid[]) and r.author_id = $3::uuid
      order by r.comment_id, r.kind`,
      [siteId, threadId, authorId, commentIds],
    )
    const kinds: Record<string, string[]> = {}
    for (const row of rows) {
      const id = String(row.comment_id)
      kinds[id] = [...(kinds[id] ?? []), String(row.kind)]
    }
    return kinds
  }

const addText = `with ${seen},
  target as (
    select c.id, 0 as comment_change from comments c
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid and c.listed and c.deleted_at is null
    and not exists (select 1 from reactions r where r.site_id = $1::uuid and r.thread_id = $2::uuid
      and r.comment_id = $3::uuid and r.author_id = $4::uuid and r.kind = $5::text)),
  ${head},
  ${nothingCounted},
  added as (
    insert into reactions (site_id, thread_id, comment_id, author_id, kind, created_at)
    select $1::uuid, $2::uuid, t.id, $4::uuid, $5::text, $6::timestamptz from target t cross join head
    returning kind),
  changed as (
    update comments c set score = c.score + 1, seq = head.seq,
      reactions = c.reactions || jsonb_build_object($5::text, coalesce((c.reactions ->> $5::text)::int8, 0) + 1)
    from head
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid
    returning ${returnedColumns('c')})
  ${outcome}`

/** Add one reader's reaction; `null` when it exists already. */
const addReaction = async (sql: Sql, q: Omit<ReactionChange, 'on'>) =>
  changeOne(sql, addText, [q.siteId, q.threadId, q.commentId, q.authorId, q.kind, timestamp(q.nowAt)], {
    ...q,
    id: q.commentId,
    made: (comment) => comment.listed && comment.deletedAt === null,
  })

const removeText = `with ${seen},
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
const removeReaction = async (sql: Sql, q: Omit<ReactionChange, 'on' | 'nowAt'>) =>
  changeOne(sql, removeText, [q.siteId, q.threadId, q.commentId, q.authorId, q.kind], {
    ...q,
    id: q.commentId,
    made: (comment) => comment.listed && comment.deletedAt === null,
  })

export const setReaction =
  (sql: Sql): ReactionStore['set'] =>
  async ({ on, ...reaction }) =>
    on ? addReaction(sql, reaction) : removeReaction(sql, reaction)
