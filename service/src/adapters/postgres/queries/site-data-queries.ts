import { NIL_ID } from '../../../core/nil-id.ts'
import type { ExportedPart, SiteDataStore, SitePart } from '../../../core/ports/site-data-store.ts'
import { repeatable, type Sql } from '../sql.ts'
import { epochMs, type Row, text, timestamp } from '../sql-row.ts'

type Export = {
  /** Columns of the primary key after the site, which give the order. */
  readonly key: readonly string[]
  readonly text: string
}

const ms = (column: string): string => `${epochMs(column)} as ${column.replace(/^\w\./, '')}`

/** `$1` is the site, `$2` the limit, and the rest the last key. */
const exports: Readonly<Record<ExportedPart, Export>> = {
  authors: {
    key: ['id'],
    text: `select a.id, a.name, a.role, ${ms('a.created_at')} from authors a
      where a.site_id = $1::uuid and a.id > $3::uuid order by a.id limit $2::int8`,
  },
  threads: {
    key: ['id'],
    text: `select t.id, t.page, t.url, t.title, ${ms('t.created_at')} from threads t
      where t.site_id = $1::uuid and t.id > $3::uuid order by t.id limit $2::int8`,
  },
  comments: {
    key: ['thread_id', 'id'],
    text: `select c.thread_id, c.id, c.parent_id, c.author_id, c.author_name, c.author_role, c.status, c.body, c.html,
        c.score, c.pinned, c.seq, ${ms('c.created_at')}, ${ms('c.edited_at')}, ${ms('c.deleted_at')}
      from comments c
      where c.site_id = $1::uuid and (c.thread_id, c.id) > ($3::uuid, $4::uuid)
      order by c.thread_id, c.id limit $2::int8`,
  },
  revisions: {
    key: ['thread_id', 'comment_id', 'id'],
    text: `select r.thread_id, r.comment_id, r.id, r.body, r.html, ${ms('r.replaced_at')} from revisions r
      where r.site_id = $1::uuid and (r.thread_id, r.comment_id, r.id) > ($3::uuid, $4::uuid, $5::uuid)
      order by r.thread_id, r.comment_id, r.id limit $2::int8`,
  },
  reactions: {
    key: ['thread_id', 'comment_id', 'author_id', 'kind'],
    text: `select r.thread_id, r.comment_id, r.author_id, r.kind, ${ms('r.created_at')} from reactions r
      where r.site_id = $1::uuid
        and (r.thread_id, r.comment_id, r.author_id, r.kind) > ($3::uuid, $4::uuid, $5::uuid, $6::text)
      order by r.thread_id, r.comment_id, r.author_id, r.kind limit $2::int8`,
  },
}

/** `$1` is the site, `$2` the limit. */
const deletions: Readonly<Record<SitePart, string>> = {
  authors: `delete from authors where site_id = $1::uuid and id in (
    select a.id from authors a where a.site_id = $1::uuid order by a.id limit $2::int8) returning id`,
  threads: `delete from threads where site_id = $1::uuid and id in (
    select t.id from threads t where t.site_id = $1::uuid order by t.id limit $2::int8) returning id`,
  comments: `delete from comments where site_id = $1::uuid and (thread_id, id) in (
    select c.thread_id, c.id from comments c where c.site_id = $1::uuid
    order by c.thread_id, c.id limit $2::int8) returning id`,
  revisions: `delete from revisions where site_id = $1::uuid and (thread_id, comment_id, id) in (
    select r.thread_id, r.comment_id, r.id from revisions r where r.site_id = $1::uuid
    order by r.thread_id, r.comment_id, r.id limit $2::int8) returning id`,
  reactions: `delete from reactions where site_id = $1::uuid and (thread_id, comment_id, author_id, kind) in (
    select r.thread_id, r.comment_id, r.author_id, r.kind from reactions r where r.site_id = $1::uuid
    order by r.thread_id, r.comment_id, r.author_id, r.kind limit $2::int8) returning kind`,
  reply_counts: `delete from reply_counts where site_id = $1::uuid and (thread_id, comment_id) in (
    select n.thread_id, n.comment_id from reply_counts n where n.site_id = $1::uuid
    order by n.thread_id, n.comment_id limit $2::int8) returning comment_id`,
  thread_heads: `delete from thread_heads where site_id = $1::uuid and thread_id in (
    select h.thread_id from thread_heads h where h.site_id = $1::uuid
    order by h.thread_id limit $2::int8) returning thread_id`,
  credentials: `delete from credentials where site_id = $1::uuid and id in (
    select c.id from credentials c where c.site_id = $1::uuid order by c.id limit $2::int8) returning id`,
  site_beacons: `delete from site_beacons where site_id = $1::uuid and (kind, origin) in (
    select b.kind, b.origin from site_beacons b where b.site_id = $1::uuid
    order by b.kind, b.origin limit $2::int8) returning origin`,
  site_checks: `delete from site_checks where site_id = $1::uuid and origin in (
    select c.origin from site_checks c where c.site_id = $1::uuid order by c.origin limit $2::int8) returning origin`,
}

const firstKey = (column: string): string => (column === 'kind' ? '' : NIL_ID)

export const exportPage =
  (sql: Sql): SiteDataStore['page'] =>
  async (siteId, part, after, limit) => {
    const { key, text: statement } = exports[part]
    const rows = await sql.query<Row>(statement, [siteId, limit, ...(after ?? key.map(firstKey))])
    const last = rows.at(-1)
    return { rows, next: last === undefined || rows.length < limit ? null : key.map((column) => text(last[column])) }
  }

export const deleteSomeOfSite =
  (sql: Sql): SiteDataStore['deleteSome'] =>
  async (siteId, part, limit) =>
    (await sql.query(deletions[part], [siteId, limit], repeatable)).length

export const deleteSite =
  (sql: Sql): SiteDataStore['deleteSite'] =>
  async (siteId, dueAt) => {
    const rows = await sql.query(
      `delete from sites where id = $1::uuid and deletes_at <= $2::timestamptz returning id`,
      [siteId, timestamp(dueAt)],
    )
    return rows.length === 1
  }

export const listDueSites =
  (sql: Sql): SiteDataStore['due'] =>
  async (nowAt, limit) => {
    const rows = await sql.query<Row>(
      `select s.id, s.public_key from sites s where s.deletes_at <= $1::timestamptz order by s.deletes_at limit $2::int8`,
      [timestamp(nowAt), limit],
    )
    return rows.map((row) => ({ id: text(row.id), publicKey: text(row.public_key) }))
  }
