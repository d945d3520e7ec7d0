import { NIL_ID } from '../../../core/nil-id.ts'
import type { SiteStore } from '../../../core/ports/site-store.ts'
import { type Row, siteColumns, toSite } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const listSites =
  (sql: Sql): SiteStore['list'] =>
  async (after, limit) => {
    const rows = await sql.query<Row>(
      `select ${siteColumns} from sites where id > $1::uuid order by id limit $2::int8`,
      [after ?? NIL_ID, limit],
    )
    return rows.map(toSite)
  }
