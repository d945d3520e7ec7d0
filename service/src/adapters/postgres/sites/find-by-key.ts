import type { SiteStore } from '../../../core/ports/site-store.ts'
import { type Row, siteColumns, toSite } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const findSiteByKey =
  (sql: Sql): SiteStore['findByKey'] =>
  async (publicKey) => {
    const rows = await sql.query<Row>(`select ${siteColumns} from sites where public_key = $1::text`, [publicKey])
    return rows[0] === undefined ? null : toSite(rows[0])
  }
