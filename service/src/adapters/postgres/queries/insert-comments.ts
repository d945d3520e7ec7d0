import type { CommentStore, NewComment } from '../../../core/ports/comment-store.ts'
import type { WriteResult } from '../../../core/ports/write-result.ts'
import type { Sql } from '../sql.ts'
import { timestamp } from '../sql-row.ts'
import { returnedColumns } from './comment-row.ts'
import { readBack } from './read-back.ts'
import { change, counted, head, outcome, seen } from './thread-change.ts'

const text = `with ${seen},
  input as materialized (
    select * from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::int4[], $7::uuid[], $8::text[], $9::text[], $10::uuid[],
      $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::timestamptz[])
    with ordinality as i(id, parent_id, root_id, depth, author_id, author_name, author_role, key,
      key_digest, status, body, html, body_digest, created_at, pos)),
  fitting as materialized (
    select i.* from input i cross join seen
    where not seen.closed
    and not exists (select 1 from comments d where d.site_id = $1::uuid and d.thread_id = $2::uuid
      and d.author_id = i.author_id and d.key = i.key)
    and (i.parent_id is null or exists (select 1 from comments p where p.site_id = $1::uuid and p.thread_id = $2::uuid
      and p.id = i.parent_id and p.listed and p.deleted_at is null))),
  target as (
    select f.*, row_number() over (order by f.pos) as nth, f.status = 'approved' as listed,
      case when f.status = 'approved' then 1 else 0 end as comment_change,
      case when f.status = 'approved' then 1 else 0 end as reply_change
    from fitting f
    where not exists (select 1 from fitting d where d.author_id = f.author_id and d.key = f.key and d.pos < f.pos)),
  ${head},
  ${counted},
  changed as (
    insert into comments (site_id, thread_id, id, parent_id, root_id, depth, author_id, author_name, author_role,
      key, key_digest, seq, created_seq, status, body, body_digest, html, listed, published, created_at)
    select $1::uuid, $2::uuid, t.id, t.parent_id, t.root_id, t.depth, t.author_id, t.author_name, t.author_role,
      t.key, t.key_digest, seen.seq + t.nth, seen.seq + t.nth, t.status, t.body, t.body_digest, t.html,
      t.listed, t.listed, t.created_at
    from target t cross join seen cross join head
    returning ${returnedColumns('comments')})
  ${outcome}`

/** The rows that an earlier attempt of this call stored. Their ids belong to this call alone. */
const alreadyStored = (
  sql: Sql,
  siteId: string,
  threadId: string,
  ids: readonly string[],
): Promise<WriteResult | null> =>
  ids.length === 0
    ? Promise.resolve(null)
    : readBack(sql, { siteId, threadId, ids, span: (comment) => comment.createdSeq })

/** Both as one change. If another node changed the thread between them, the span starts after that change. */
const merge = (first: WriteResult, second: WriteResult): WriteResult => ({
  ...second,
  from: first.to === second.from ? first.from : second.from,
  comments: [...first.comments, ...second.comments],
  replyCounts: { ...first.replyCounts, ...second.replyCounts },
  readBack: true,
})

export const insertComments =
  (sql: Sql): CommentStore['insert'] =>
  async (siteId, threadId, comments) => {
    let repeated = false
    const written = await change(sql, text, toParams(siteId, threadId, comments), () => {
      repeated = true
    })
    if (!repeated) return written
    const stored = new Set(written?.comments.map((comment) => comment.id))
    const leftOut = comments.map((comment) => comment.id).filter((id) => !stored.has(id))
    const before = await alreadyStored(sql, siteId, threadId, leftOut)
    if (before === null || written === null) return before ?? written
    return merge(before, written)
  }

const toParams = (siteId: string, threadId: string, comments: readonly NewComment[]): readonly unknown[] => [
  siteId,
  threadId,
  comments.map((comment) => comment.id),
  comments.map((comment) => comment.parentId),
  comments.map((comment) => comment.rootId),
  comments.map((comment) => comment.depth),
  comments.map((comment) => comment.authorId),
  comments.map((comment) => comment.authorName),
  comments.map((comment) => comment.authorRole),
  comments.map((comment) => comment.key),
  comments.map((comment) => comment.keyDigest),
  comments.map((comment) => comment.status),
  comments.map((comment) => comment.body),
  comments.map((comment) => comment.html),
  comments.map((comment) => comment.bodyDigest),
  comments.map((comment) => timestamp(comment.createdAt)),
]
