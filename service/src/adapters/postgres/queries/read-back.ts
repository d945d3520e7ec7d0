import type { Written } from '../../../core/ports/written.ts'
import type { StoredComment } from '../../../core/stored-comment.ts'
import type { Sql } from '../sql.ts'
import type { Row } from '../sql-row.ts'
import { readReplyCounts } from './comment-queries.ts'
import { commentColumns, toComment } from './comment-row.ts'

/** Which of the seqs of its row a lost change took: the row's own when it made the row, else the latest. */
type Span = (comment: StoredComment) => number

/**
 * What a change left behind whose answer was lost: the rows as they are now, under the seqs it took. A row another node
 * changed meanwhile is newer than that, never older, so whoever hears of it misses nothing. `null` when there is none of the rows.
 */
export const readBack = async (
  sql: Sql,
  q: { siteId: string; threadId: string; ids: readonly string[]; span: Span },
): Promise<Written | null> => {
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
