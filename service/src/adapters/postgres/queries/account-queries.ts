import type { AccountStore } from '../../../core/ports/account-store.ts'
import { repeatable, type Sql } from '../sql.ts'
import { type Row, text, timestamp } from '../sql-row.ts'
import { accountColumns, changedAccount, membershipColumns, toAccount, toMembership } from './account-row.ts'
import { mailed, mailParams } from './mail-queries.ts'

export const anyAccount =
  (sql: Sql): AccountStore['any'] =>
  async () =>
    (await sql.query(`select a.id from accounts a limit 1`, [])).length > 0

export const findAccount =
  (sql: Sql): AccountStore['find'] =>
  async (id) => {
    const rows = await sql.query<Row>(`select ${accountColumns('a')} from accounts a where a.id = $1::uuid`, [id])
    return rows[0] === undefined ? null : toAccount(rows[0])
  }

export const findAccountByEmail =
  (sql: Sql): AccountStore['findByEmail'] =>
  async (emailDigest) => {
    const rows = await sql.query<Row>(`select ${accountColumns('a')} from accounts a where a.email_digest = $1::text`, [
      emailDigest,
    ])
    return rows[0] === undefined ? null : toAccount(rows[0])
  }

export const listMemberships =
  (sql: Sql): AccountStore['memberships'] =>
  async (accountId) => {
    const rows = await sql.query<Row>(
      `select ${membershipColumns} from members m join organisations o on o.id = m.organisation_id
      where m.account_id = $1::uuid order by m.organisation_id`,
      [accountId],
    )
    return rows.map(toMembership)
  }

export const findOperatorOrganisation =
  (sql: Sql): AccountStore['operatorOrganisation'] =>
  async () => {
    const rows = await sql.query<Row>(
      `select m.organisation_id from accounts a join members m on m.account_id = a.id
      where a.operator order by a.created_at, a.id, m.organisation_id limit 1`,
      [],
    )
    return rows[0] === undefined ? null : text(rows[0].organisation_id)
  }

export const changeProfile =
  (sql: Sql): AccountStore['changeProfile'] =>
  async (id, change) => {
    const rows = await sql.query<Row>(
      `with changed as (
        update accounts set name = $2::text, language = $3::text where id = $1::uuid returning ${changedAccount}
      )
      select ${accountColumns('c')} from changed c`,
      [id, change.name, change.language],
      repeatable,
    )
    return rows[0] === undefined ? null : toAccount(rows[0])
  }

export const changePassword =
  (sql: Sql): AccountStore['changePassword'] =>
  async (id, change) => {
    const rows = await sql.query(
      `with changed as (
        update accounts set password_hash = $3::text
        where id = $1::uuid and password_hash is not distinct from $2::text
        returning id
      ),
      ended as (
        delete from account_sessions where account_id in (select c.id from changed c) and id <> $4::uuid returning id
      ),
      ${mailed({ when: 'changed', first: 5 })}
      select c.id from changed c`,
      [id, change.from, change.to, change.keepSession, ...mailParams(change.mails)],
    )
    return rows.length === 1
  }

export const suspendAccount =
  (sql: Sql): AccountStore['suspend'] =>
  async (id, at) => {
    const rows = await sql.query(
      `update accounts set suspended_at = $2::timestamptz where id = $1::uuid returning id`,
      [id, at === null ? null : timestamp(at)],
      repeatable,
    )
    return rows.length === 1
  }

export const beginEmailChange =
  (sql: Sql): AccountStore['beginEmailChange'] =>
  async (id, change) => {
    await sql.query(
      `with begun as (
        insert into email_changes (account_id, email_digest, email_sealed, old_hash, new_hash, expires_at)
        values ($1::uuid, $2::text, $3::text, $4::text, $5::text, $6::timestamptz)
        on conflict (account_id) do update set email_digest = excluded.email_digest,
          email_sealed = excluded.email_sealed, old_hash = excluded.old_hash, new_hash = excluded.new_hash,
          old_confirmed = false, new_confirmed = false, expires_at = excluded.expires_at
        returning account_id
      ),
      ${mailed({ when: 'begun', first: 7 })}
      select b.account_id from begun b`,
      [
        id,
        change.emailDigest,
        change.emailSealed,
        change.oldHash,
        change.newHash,
        timestamp(change.expiresAt),
        ...mailParams(change.mails),
      ],
      repeatable,
    )
  }

/** The address is taken over with the second confirmation, unless another account has it by then. */
export const confirmEmailChange =
  (sql: Sql): AccountStore['confirmEmailChange'] =>
  async (hash, o) => {
    const rows = await sql.query<Row>(
      `with confirmed as (
        update email_changes set old_confirmed = old_confirmed or old_hash = $1::text,
          new_confirmed = new_confirmed or new_hash = $1::text,
          expires_at = case when (old_confirmed or old_hash = $1::text) and (new_confirmed or new_hash = $1::text)
            then $2::timestamptz else expires_at end
        where (old_hash = $1::text or new_hash = $1::text) and expires_at > $2::timestamptz
        returning account_id, email_digest, email_sealed, old_confirmed and new_confirmed as complete
      ),
      changed as (
        update accounts as a set email_digest = c.email_digest, email_sealed = c.email_sealed,
          email_verified_at = $2::timestamptz
        from confirmed c
        where a.id = c.account_id and c.complete
          and not exists (select 1 from accounts b where b.email_digest = c.email_digest and b.id <> c.account_id)
        returning a.id
      ),
      ${mailed({ when: 'changed', first: 3 })}
      select c.complete, exists (select 1 from changed) as changed from confirmed c`,
      [hash, timestamp(o.nowAt), ...mailParams(o.mails)],
    )
    const [row] = rows
    if (row === undefined) return null
    if (row.complete !== true) return 'waiting'
    return row.changed === true ? 'done' : 'taken'
  }

export const listLinks =
  (sql: Sql): AccountStore['listLinks'] =>
  async (purpose, nowAt) => {
    const rows = await sql.query<Row>(
      `select l.hash, l.account_id, l.sealed, (extract(epoch from l.created_at) * 1000)::int8 as created_at,
        (extract(epoch from l.expires_at) * 1000)::int8 as expires_at
      from account_links l where l.purpose = $1::text and l.expires_at > $2::timestamptz
      order by l.created_at desc limit 200`,
      [purpose, timestamp(nowAt)],
    )
    return rows.map((row) => ({
      hash: text(row.hash),
      accountId: row.account_id === null ? null : text(row.account_id),
      sealed: row.sealed === null ? null : text(row.sealed),
      createdAt: Number(row.created_at),
      expiresAt: Number(row.expires_at),
    }))
  }
