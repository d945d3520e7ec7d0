import type { SiteStore } from '../../../core/ports/site-store.ts'
import { type Row, siteColumns, toSite } from '../comment-row.ts'
import { repeatable, type Sql } from '../sql.ts'

export const updateSite =
  (sql: Sql): SiteStore['update'] =>
  async (siteId, change) => {
    const rows = await sql.query<Row>(
      `update sites set name = $2::text, origins = $3::jsonb, settings = $4::jsonb where id = $1::uuid
      returning ${siteColumns}`,
      [siteId, change.name, JSON.stringify(change.origins), JSON.stringify(change.settings)],
      repeatable,
    )
    return rows[0] === undefined ? null : toSite(rows[0])
  }
