import type { SiteStore } from '../../../core/ports/site-store.ts'
import { type Row, siteColumns, timestamp, toSite } from '../comment-row.ts'
import { repeatable, type Sql } from '../sql.ts'

export const createSite =
  (sql: Sql): SiteStore['create'] =>
  async (site) => {
    const rows = await sql.query<Row>(
      `insert into sites (id, public_key, name, origins, settings, created_at)
      values ($1::uuid, $2::text, $3::text, $4::jsonb, $5::jsonb, $6::timestamptz)
      on conflict (public_key) do update set public_key = excluded.public_key where sites.id = excluded.id
      returning ${siteColumns}`,
      [
        site.id,
        site.publicKey,
        site.name,
        JSON.stringify(site.origins),
        JSON.stringify(site.settings),
        timestamp(site.createdAt),
      ],
      repeatable,
    )
    return rows[0] === undefined ? null : toSite(rows[0])
  }
