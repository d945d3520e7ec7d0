import type { WriteResult } from '../../../core/ports/write-result.ts'
import type { StoredComment } from '../../../core/stored-comment.ts'
import type { Sql } from '../sql.ts'
import type { Row } from '../sql-row.ts'
import { readReplyCounts } from './comment-queries.ts'
import { commentColumns, toComment } from './comment-row.ts'

/** The seq that the lost change took: the row's `createdSeq` if it created the row, else its `seq`. */
type SeqOf = (comment: StoredComment) => number

/**
 * Read what a change stored when its answer was lost: its rows as they are now, under the seqs it took. If another node
 * has changed a row since, the row is newer, never older, so readers miss nothing. `null` if none of the rows exists.
 */
export const readBack = async (
  sql: Sql,
  q: { siteId: string; threadId: string; ids: readonly string[]; span: SeqOf },
): Promise<WriteResult | null> => {
  const rows = await sql.query<Row>(
    `select h.comment_count, ${commentColumns('c')}
    from comments c join thread_heads h on h.site_id = c.site_id and h.thread_id = c.thread_id
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = any($3::uuid[])
    order by c.created_seq`,
    [q.siteId, q.threadId, q.ids],
  )
  const comments = rows.map((row) => toComment(row))
  if (comments.length === 0) return null
  const above = new Set(comments.flatMap((row) => (row.parentId === null ? [] : [row.parentId, row.rootId])))
  const counted = above.size === 0 ? {} : await readReplyCounts(sql)(q.siteId, q.threadId, [...above])
  const seqs = comments.map(q.span)
  return {
    from: Math.min(...seqs) - 1,
    to: Math.max(...seqs),
    comments,
    commentCount: Number(rows[0]?.comment_count),
    replyCounts: Object.fromEntries([...above].map((id) => [id, counted[id] ?? 0])),
    readBack: true,
  }
}
