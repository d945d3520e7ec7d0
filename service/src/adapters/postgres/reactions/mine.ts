import type { ReactionStore } from '../../../core/ports/reaction-store.ts'
import type { Row } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const listMyReactions =
  (sql: Sql): ReactionStore['mine'] =>
  async (siteId, threadId, authorId, commentIds) => {
    const rows = await sql.query<Row>(
      `select r.comment_id, r.kind from reactions r
      where r.site_id = $1::uuid and r.thread_id = $2::uuid and r.comment_id = any($4::uuid[]) and r.author_id = $3::uuid
      order by r.comment_id, r.kind`,
      [siteId, threadId, authorId, commentIds],
    )
    const mine: Record<string, string[]> = {}
    for (const row of rows) {
      const id = String(row.comment_id)
      mine[id] = [...(mine[id] ?? []), String(row.kind)]
    }
    return mine
  }
