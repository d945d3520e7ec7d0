import { parseInput, siteSettingsSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import { NIL_ID } from '../../../core/nil-id.ts'
import type { SiteStore } from '../../../core/ports/site-store.ts'
import type { Site } from '../../../core/site.ts'
import { repeatable, type Sql } from '../sql.ts'
import { epochMs, int, optional, type Row, text, timestamp } from '../sql-row.ts'

const texts = v.array(v.string())
const versions = v.record(v.string(), v.number())

/** The columns `toSite` reads. */
const siteColumns = `id, public_key, name, origins, settings, version, part_versions, organisation_id,
  ${epochMs('created_at')} as created_at, ${epochMs('deletes_at')} as deletes_at`

/** A row of `siteColumns` as a site. Settings added since the row was written get their defaults. */
const toSite = (row: Row): Site => ({
  id: text(row.id),
  publicKey: text(row.public_key),
  name: text(row.name),
  origins: parseInput(texts, row.origins),
  settings: parseInput(siteSettingsSchema, row.settings),
  version: int(row.version),
  partVersions: parseInput(versions, row.part_versions),
  organisationId: optional(row.organisation_id, text),
  createdAt: int(row.created_at),
  deletesAt: optional(row.deletes_at, int),
})

export const findSiteByKey =
  (sql: Sql): SiteStore['findByKey'] =>
  async (publicKey) => {
    const rows = await sql.query<Row>(`select ${siteColumns} from sites where public_key = $1::text`, [publicKey])
    return rows[0] === undefined ? null : toSite(rows[0])
  }

export const listSites =
  (sql: Sql): SiteStore['list'] =>
  async (after, limit) => {
    const rows = await sql.query<Row>(
      `select ${siteColumns} from sites where id > $1::uuid order by id limit $2::int8`,
      [after ?? NIL_ID, limit],
    )
    return rows.map(toSite)
  }

/** A comment that was public waits since its last edit, any other since it was written. */
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

export const createSite =
  (sql: Sql): SiteStore['create'] =>
  async (site) => {
    const rows = await sql.query<Row>(
      `insert into sites (id, public_key, name, origins, settings, created_at, organisation_id)
      values ($1::uuid, $2::text, $3::text, $4::jsonb, $5::jsonb, $6::timestamptz, $7::uuid)
      on conflict (public_key) do update set public_key = excluded.public_key where sites.id = excluded.id
      returning ${siteColumns}`,
      [
        site.id,
        site.publicKey,
        site.name,
        JSON.stringify(site.origins),
        JSON.stringify(site.settings),
        timestamp(site.createdAt),
        site.organisationId,
      ],
      repeatable,
    )
    return rows[0] === undefined ? null : toSite(rows[0])
  }

export const updateSite =
  (sql: Sql): SiteStore['update'] =>
  async (siteId, from, change, changed) => {
    const rows = await sql.query<Row>(
      `update sites set name = $3::text, origins = $4::jsonb, settings = $5::jsonb, version = version + 1,
        part_versions = part_versions || $6::jsonb
      where id = $1::uuid and version = $2::int8
      returning ${siteColumns}`,
      [
        siteId,
        from,
        change.name,
        JSON.stringify(change.origins),
        JSON.stringify(change.settings),
        JSON.stringify(Object.fromEntries(changed.map((part) => [part, from + 1]))),
      ],
    )
    return rows[0] === undefined ? null : toSite(rows[0])
  }

export const listOwnedSites =
  (sql: Sql): SiteStore['listOwned'] =>
  async (organisationIds, after, limit) => {
    const rows = await sql.query<Row>(
      `select ${siteColumns} from sites
      where organisation_id = any ($1::uuid[]) and id > $2::uuid order by id limit $3::int8`,
      [organisationIds, after ?? NIL_ID, limit],
    )
    return rows.map(toSite)
  }

export const setSiteDeletesAt =
  (sql: Sql): SiteStore['setDeletesAt'] =>
  async (siteId, at) => {
    const rows = await sql.query<Row>(
      `update sites set deletes_at = $2::timestamptz where id = $1::uuid returning ${siteColumns}`,
      [siteId, at === null ? null : timestamp(at)],
      repeatable,
    )
    return rows[0] === undefined ? null : toSite(rows[0])
  }
