import { NIL_ID } from '../../../core/nil-id.ts'
import type { SiteStore } from '../../../core/ports/site-store.ts'
import { epochMs, type Row } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

/** What was shown before waits since its text was changed, everything else since it was written. */
const waitsSince = 'case when c.published then coalesce(c.edited_at, c.created_at) else c.created_at end'

export const readQueues =
  (sql: Sql): SiteStore['queues'] =>
  async (after, limit) => {
    const rows = await sql.query<Row>(
      `select s.id, q.pending, ${epochMs('q.since')} as since
      from (select id from sites where id > $1::uuid order by id limit $2::int8) s
      cross join lateral (
        select count(*) as pending, min(p.since) as since from (
          select ${waitsSince} as since from comments c
          where c.site_id = s.id and c.status = 'pending' and c.deleted_at is null
          order by c.id limit 1000) p) q
      order by s.id`,
      [after ?? NIL_ID, limit],
    )
    return rows.map((row) => ({
      siteId: String(row.id),
      pending: Number(row.pending),
      oldestAt: row.since === null ? null : Number(row.since),
    }))
  }
