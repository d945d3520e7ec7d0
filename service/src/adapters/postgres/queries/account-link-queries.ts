import type { AccountStore, LinkToSpend, NewLink, StoredLink } from '../../../core/ports/account-store.ts'
import { repeatable, type Sql } from '../sql.ts'
import { optional, type Row, text, timestamp } from '../sql-row.ts'
import { accountColumns, changedAccount, toAccount } from './account-row.ts'
import { mailed, mailParams } from './mail-queries.ts'

/** `$1…$3` name a link. Of concurrent statements one deletes the row; the others find none. */
export const spent = `spent as (
  delete from account_links where hash = $1::text and purpose = $2::text and expires_at > $3::timestamptz
  returning hash, account_id, sealed)`

export const spentParams = (link: LinkToSpend): readonly unknown[] => [link.hash, link.purpose, timestamp(link.nowAt)]

const toLink = (row: Row): StoredLink => ({
  hash: text(row.hash),
  accountId: optional(row.account_id, text),
  sealed: optional(row.sealed, text),
})

const linkParams = (link: Omit<NewLink, 'accountId'>): readonly unknown[] => [
  link.hash,
  link.purpose,
  link.sealed,
  timestamp(link.createdAt),
  timestamp(link.expiresAt),
]

export const addLink =
  (sql: Sql): AccountStore['addLink'] =>
  async (link, mails) => {
    await sql.query(
      `with link as (
        insert into account_links (hash, purpose, sealed, created_at, expires_at, account_id)
        values ($1::text, $2::text, $3::text, $4::timestamptz, $5::timestamptz, $6::uuid)
        on conflict (hash) do nothing
        returning hash
      ),
      ${mailed({ when: 'link', first: 7 })}
      select l.hash from link l`,
      [...linkParams(link), link.accountId, ...mailParams(mails)],
      repeatable,
    )
  }

/** The same work for an address that nobody has, so that the time tells nothing. */
export const addLinkByEmail =
  (sql: Sql): AccountStore['addLinkByEmail'] =>
  async (emailDigest, link, mails) => {
    await sql.query(
      `with link as (
        insert into account_links (hash, purpose, sealed, created_at, expires_at, account_id)
        select $1::text, $2::text, $3::text, $4::timestamptz, $5::timestamptz, a.id
        from accounts a where a.email_digest = $6::text and a.suspended_at is null
        on conflict (hash) do nothing
        returning hash
      ),
      ${mailed({ when: 'link', first: 7 })}
      select l.hash from link l`,
      [...linkParams(link), emailDigest, ...mailParams(mails)],
      repeatable,
    )
  }

export const addSignUp =
  (sql: Sql): AccountStore['addSignUp'] =>
  async (emailDigest, link, mails) => {
    const { unknown, known } = mails
    await sql.query(
      `with known as (select a.id from accounts a where a.email_digest = $6::text),
      link as (
        insert into account_links (hash, purpose, sealed, created_at, expires_at)
        select $1::text, $2::text, $3::text, $4::timestamptz, $5::timestamptz
        where not exists (select 1 from known)
        on conflict (hash) do nothing
        returning hash
      ),
      mail as (
        insert into mail_outbox (id, kind, sealed, created_at, next_attempt_at)
        select case when k.known then $7::uuid else $10::uuid end, case when k.known then $8::text else $11::text end,
          case when k.known then $9::text else $12::text end, $4::timestamptz, $4::timestamptz
        from (select exists (select 1 from known) as known) k
        on conflict (id) do nothing
        returning id
      )
      select m.id from mail m`,
      [...linkParams(link), emailDigest, known.id, known.kind, known.sealed, unknown.id, unknown.kind, unknown.sealed],
      repeatable,
    )
  }

export const findLink =
  (sql: Sql): AccountStore['findLink'] =>
  async (link) => {
    const rows = await sql.query<Row>(
      `select l.hash, l.account_id, l.sealed from account_links l
      where l.hash = $1::text and l.purpose = $2::text and l.expires_at > $3::timestamptz`,
      spentParams(link),
    )
    return rows[0] === undefined ? null : toLink(rows[0])
  }

export const spendLink =
  (sql: Sql): AccountStore['spendLink'] =>
  async (link) => {
    const rows = await sql.query<Row>(
      `with ${spent} select s.hash, s.account_id, s.sealed from spent s`,
      spentParams(link),
    )
    return rows[0] === undefined ? null : toLink(rows[0])
  }

export const removeLink =
  (sql: Sql): AccountStore['removeLink'] =>
  async (hash, purpose) => {
    const rows = await sql.query(
      `delete from account_links where hash = $1::text and purpose = $2::text returning hash`,
      [hash, purpose],
    )
    return rows.length === 1
  }

export const verifyEmail =
  (sql: Sql): AccountStore['verifyEmail'] =>
  async (link) => {
    const rows = await sql.query<Row>(
      `with ${spent},
      changed as (
        update accounts set email_verified_at = $3::timestamptz
        where id in (select s.account_id from spent s)
        returning ${changedAccount}
      )
      select ${accountColumns('c')} from changed c`,
      spentParams(link),
    )
    return rows[0] === undefined ? null : toAccount(rows[0])
  }

export const resetPassword =
  (sql: Sql): AccountStore['resetPassword'] =>
  async (link, change) => {
    const rows = await sql.query<Row>(
      `with ${spent},
      changed as (
        update accounts set password_hash = $4::text,
          email_verified_at = coalesce(email_verified_at, $3::timestamptz)
        where id in (select s.account_id from spent s)
        returning id
      ),
      ended as (delete from account_sessions where account_id in (select c.id from changed c) returning id),
      ${mailed({ when: 'changed', first: 5 })}
      select c.id from changed c`,
      [...spentParams(link), change.passwordHash, ...mailParams(change.mails)],
    )
    return rows[0] === undefined ? null : text(rows[0].id)
  }
