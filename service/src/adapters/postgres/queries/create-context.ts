import type { CommentStore } from '../../../core/ports/comment-store.ts'
import type { Sql } from '../sql.ts'
import { type Row, timestamp } from '../sql-row.ts'
import { readerColumns, toReader } from './author-queries.ts'
import { commentColumns, toComment } from './comment-row.ts'
import { threadColumns, toThread } from './thread-queries.ts'

export const readCreateContext =
  (sql: Sql): CommentStore['createContext'] =>
  async (q) => {
    const rows = await sql.query<Row>(
      `select ${threadColumns}, ${readerColumns('u', 'author_')},
        ${commentColumns('e', 'existing_')}, ${commentColumns('p', 'parent_')},
        (select d.id from comments d where d.site_id = $1::uuid and d.author_id = $3::uuid
          and d.body_digest = $6::text and d.created_at >= $7::timestamptz
          order by d.created_at desc limit 1) as duplicate_of,
        (select count(*) from (select 1 from comments a where a.site_id = $1::uuid and a.author_id = $3::uuid
          and a.status = 'approved' and a.deleted_at is null limit 1) as a)::int8 as approved_count
      from (select 1 as one) as q
      left join threads t on t.site_id = $1::uuid and t.id = $2::uuid
      left join thread_heads h on h.site_id = $1::uuid and h.thread_id = $2::uuid
      left join authors u on u.site_id = $1::uuid and u.id = $3::uuid
      left join comments e on e.site_id = $1::uuid and e.thread_id = $2::uuid
        and e.author_id = $3::uuid and e.key = $4::uuid
      left join comments p on p.site_id = $1::uuid and p.thread_id = $2::uuid and p.id = $5::uuid`,
      [q.siteId, q.threadId, q.authorId, q.key, q.parentId, q.bodyDigest, timestamp(q.duplicatesSinceAt)],
    )
    const row = rows[0]
    if (row === undefined) throw new Error('a query that always returns one row returned none')
    return {
      thread: row.thread_id === null ? null : toThread(row),
      author: row.author_id === null ? null : toReader(row, 'author_'),
      existing:
        row.existing_id === null
          ? null
          : { comment: toComment(row, 'existing_'), keyDigest: String(row.existing_key_digest) },
      parent: row.parent_id === null ? null : toComment(row, 'parent_'),
      duplicateOf: row.duplicate_of === null ? null : String(row.duplicate_of),
      approvedCount: Number(row.approved_count),
    }
  }
