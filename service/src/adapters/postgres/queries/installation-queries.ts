import { type InstallationFinding, installationFindingSchema } from '@repartee/sdk/protocol/admin'
import * as v from 'valibot'
import type { DueCheck, InstallationStore, StoredBeacon, StoredCheck } from '../../../core/ports/installation-store.ts'
import { repeatable, type Sql } from '../sql.ts'
import { epochMs, int, optional, type Row, text, timestamp } from '../sql-row.ts'

/** Origins kept for a site: as many as it may list, and a few of those it does not. */
const MAX_SEEN = 100
const MAX_REFUSED = 20
/** How long an origin that the site does not list is kept. */
const REFUSED_MS = 7 * 24 * 60 * 60_000

/** Stored findings. One that this version does not know, as during a rolling update, is left out. */
const toFindings = (stored: unknown): InstallationFinding[] =>
  (Array.isArray(stored) ? stored : []).filter((one): one is InstallationFinding =>
    v.is(installationFindingSchema, one),
  )

const checkColumns = `origin, url, findings, problem, ${epochMs('since')} as since, ${epochMs('checked_at')} as checked_at`

const toPage = (row: Row): DueCheck['last'] => ({
  origin: text(row.origin),
  url: text(row.url),
  findings: toFindings(row.findings),
  problem: optional(row.problem, text) as StoredCheck['problem'],
})

const toCheck = (row: Row): StoredCheck => ({
  ...toPage(row),
  since: optional(row.since, int),
  checkedAt: int(row.checked_at),
})

export const recordBeacons =
  (sql: Sql): InstallationStore['recordBeacons'] =>
  async (beacons) => {
    await sql.query(
      `insert into site_beacons (site_id, kind, origin, url, first_seen_at, last_seen_at, expires_at)
      select b.site_id, b.kind, b.origin, b.url, b.seen_at, b.seen_at, b.expires_at
      from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
        as b (site_id, kind, origin, url, seen_at, expires_at)
      where (select count(*) from site_beacons o where o.site_id = b.site_id and o.kind = b.kind and o.origin <> b.origin)
        < case when b.kind = 'seen' then $7::int8 else $8::int8 end
      on conflict (site_id, kind, origin) do update set
        last_seen_at = greatest(site_beacons.last_seen_at, excluded.last_seen_at),
        expires_at = greatest(site_beacons.expires_at, excluded.expires_at),
        url = case when excluded.url = '' then site_beacons.url else excluded.url end`,
      [
        beacons.map(({ siteId }) => siteId),
        beacons.map(({ kind }) => kind),
        beacons.map(({ origin }) => origin),
        beacons.map(({ url }) => url),
        beacons.map(({ seenAt }) => timestamp(seenAt)),
        beacons.map(({ kind, seenAt }) => (kind === 'refused' ? timestamp(seenAt + REFUSED_MS) : null)),
        MAX_SEEN,
        MAX_REFUSED,
      ],
      repeatable,
    )
  }

export const addPages =
  (sql: Sql): InstallationStore['addPages'] =>
  async (pages, dueAt) => {
    await sql.query(
      `insert into site_checks (site_id, origin, url, due_at)
      select p.site_id, p.origin, p.url, $4::timestamptz
      from unnest($1::uuid[], $2::text[], $3::text[]) as p (site_id, origin, url)
      on conflict (site_id, origin) do nothing`,
      [
        pages.map(({ siteId }) => siteId),
        pages.map(({ origin }) => origin),
        pages.map(({ url }) => url),
        timestamp(dueAt),
      ],
      repeatable,
    )
  }

export const readBeacons =
  (sql: Sql): InstallationStore['readBeacons'] =>
  async (siteId) => {
    const rows = await sql.query<Row>(
      `select kind, origin, url, ${epochMs('first_seen_at')} as first_seen_at, ${epochMs('last_seen_at')} as last_seen_at
      from site_beacons where site_id = $1::uuid order by kind, origin limit 500`,
      [siteId],
    )
    return rows.map((row) => ({
      kind: text(row.kind) as StoredBeacon['kind'],
      origin: text(row.origin),
      url: text(row.url),
      firstSeenAt: int(row.first_seen_at),
      lastSeenAt: int(row.last_seen_at),
    }))
  }

export const readChecks =
  (sql: Sql): InstallationStore['readChecks'] =>
  async (siteId) => {
    const rows = await sql.query<Row>(
      `select ${checkColumns} from site_checks
      where site_id = $1::uuid and checked_at is not null order by origin limit 500`,
      [siteId],
    )
    return rows.map(toCheck)
  }

export const saveCheck =
  (sql: Sql): InstallationStore['saveCheck'] =>
  async (check) => {
    const rows = await sql.query<Row>(
      `insert into site_checks (site_id, origin, url, findings, problem, since, checked_at, due_at)
      values ($1::uuid, $2::text, $3::text, $4::jsonb, $5::text,
        case when $5::text is null then null else $6::timestamptz end, $6::timestamptz, $7::timestamptz)
      on conflict (site_id, origin) do update set
        url = excluded.url,
        findings = excluded.findings,
        problem = excluded.problem,
        since = case when site_checks.problem = excluded.problem then site_checks.since else excluded.since end,
        checked_at = excluded.checked_at,
        due_at = excluded.due_at
      where site_checks.checked_at is null or site_checks.checked_at <= excluded.checked_at
      returning ${checkColumns}`,
      [
        check.siteId,
        check.origin,
        check.url,
        JSON.stringify(check.findings),
        check.problem,
        timestamp(check.checkedAt),
        timestamp(check.dueAt),
      ],
      repeatable,
    )
    return rows[0] === undefined ? null : toCheck(rows[0])
  }

export const claimChecks =
  (sql: Sql): InstallationStore['claimChecks'] =>
  async ({ nowAt, untilAt, limit }) => {
    const rows = await sql.query<Row>(
      `with claimed as (
        update site_checks set due_at = $2::timestamptz
        where (site_id, origin) in (
          select site_id, origin from site_checks where due_at <= $1::timestamptz
          order by due_at limit $3::int8 for update skip locked)
        returning site_id, origin, url, findings, problem)
      select c.site_id, c.origin, c.url, c.findings, c.problem, s.public_key
      from claimed c left join sites s on s.id = c.site_id`,
      [timestamp(nowAt), timestamp(untilAt), limit],
    )
    return rows.map(
      (row): DueCheck => ({
        siteId: text(row.site_id),
        siteKey: optional(row.public_key, text),
        last: toPage(row),
      }),
    )
  }

export const forgetCheck =
  (sql: Sql): InstallationStore['forgetCheck'] =>
  async (siteId, origin) => {
    await sql.query(
      `delete from site_checks where site_id = $1::uuid and origin = $2::text`,
      [siteId, origin],
      repeatable,
    )
  }

const BATCH = 500
/** Limits a sweep, so that it always ends. */
const MAX_BATCHES = 200

/** Delete the beacons, of all sites, that expired before a time, in batches. Resolves with their number. */
export const deleteExpiredBeacons = async (sql: Sql, before: number): Promise<number> => {
  let deleted = 0
  for (let batches = 0; batches < MAX_BATCHES; batches += 1) {
    const expired = await sql.query<Row>(
      `select b.site_id, b.kind, b.origin from site_beacons b where b.expires_at < $1::timestamptz
      order by b.expires_at limit $2::int8`,
      [timestamp(before), BATCH],
    )
    if (expired.length > 0)
      await sql.query(
        `delete from site_beacons where (site_id, kind, origin) in (
          select e.site_id, e.kind, e.origin from unnest($1::uuid[], $2::text[], $3::text[]) as e(site_id, kind, origin))
        and expires_at < $4::timestamptz`,
        [
          expired.map((row) => row.site_id),
          expired.map((row) => row.kind),
          expired.map((row) => row.origin),
          timestamp(before),
        ],
        repeatable,
      )
    deleted += expired.length
    if (expired.length < BATCH) return deleted
  }
  return deleted
}
