import type { AccountSession } from '../../../core/account.ts'
import type { AccountSessionStore } from '../../../core/ports/account-session-store.ts'
import { repeatable, type Sql } from '../sql.ts'
import { epochMs, int, optional, type Row, text, timestamp } from '../sql-row.ts'
import { accountColumns, toAccount, toMembership } from './account-row.ts'

/** The columns `toSession` reads. Prefixed, since an account stands beside them. */
const sessionColumns = `s.id as session_id, s.account_id, s.state, s.device,
  ${epochMs('s.stepped_up_at')} as stepped_up_at, ${epochMs('s.created_at')} as session_created_at,
  ${epochMs('s.last_used_at')} as last_used_at, ${epochMs('s.expires_at')} as expires_at`

const toSession = (row: Row): AccountSession => ({
  id: text(row.session_id),
  accountId: text(row.account_id),
  state: row.state === 'signed_in' ? 'signed_in' : 'second_factor',
  device: text(row.device),
  steppedUpAt: optional(row.stepped_up_at, int),
  createdAt: int(row.session_created_at),
  lastUsedAt: int(row.last_used_at),
  expiresAt: int(row.expires_at),
})

export const createAccountSession =
  (sql: Sql): AccountSessionStore['create'] =>
  async (session) => {
    await sql.query(
      `insert into account_sessions (id, account_id, token_hash, state, device, stepped_up_at, created_at, last_used_at,
        expires_at)
      values ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::timestamptz, $7::timestamptz, $8::timestamptz,
        $9::timestamptz)
      on conflict (id) do nothing`,
      [
        session.id,
        session.accountId,
        session.tokenHash,
        session.state,
        session.device,
        session.steppedUpAt === null ? null : timestamp(session.steppedUpAt),
        timestamp(session.createdAt),
        timestamp(session.lastUsedAt),
        timestamp(session.expiresAt),
      ],
      repeatable,
    )
  }

export const findAccountSession =
  (sql: Sql): AccountSessionStore['find'] =>
  async (tokenHash, nowAt) => {
    const rows = await sql.query<Row>(
      `select ${sessionColumns}, ${accountColumns('a')},
        (select jsonb_agg(jsonb_build_object('organisation_id', m.organisation_id, 'organisation_name', o.name,
            'role', m.role) order by m.organisation_id)
          from members m join organisations o on o.id = m.organisation_id where m.account_id = a.id) as memberships
      from account_sessions s join accounts a on a.id = s.account_id
      where s.token_hash = $1::text and s.expires_at > $2::timestamptz`,
      [tokenHash, timestamp(nowAt)],
    )
    const [row] = rows
    if (row === undefined) return null
    const memberships = Array.isArray(row.memberships) ? (row.memberships as Row[]) : []
    return { session: toSession(row), account: toAccount(row), memberships: memberships.map(toMembership) }
  }

export const completeAccountSession =
  (sql: Sql): AccountSessionStore['complete'] =>
  async (id, change) => {
    const rows = await sql.query(
      `update account_sessions set token_hash = $2::text, state = 'signed_in', stepped_up_at = $3::timestamptz,
        last_used_at = $3::timestamptz, expires_at = $4::timestamptz
      where id = $1::uuid and state = 'second_factor' and expires_at > $3::timestamptz
      returning id`,
      [id, change.tokenHash, timestamp(change.nowAt), timestamp(change.expiresAt)],
    )
    return rows.length === 1
  }

export const stepUpAccountSession =
  (sql: Sql): AccountSessionStore['stepUp'] =>
  async (id, at) => {
    await sql.query(
      `update account_sessions set stepped_up_at = $2::timestamptz where id = $1::uuid`,
      [id, timestamp(at)],
      repeatable,
    )
  }

export const touchAccountSession =
  (sql: Sql): AccountSessionStore['touch'] =>
  async (id, at, expiresAt) => {
    await sql.query(
      `update account_sessions set last_used_at = $2::timestamptz, expires_at = $3::timestamptz where id = $1::uuid`,
      [id, timestamp(at), timestamp(expiresAt)],
      repeatable,
    )
  }

export const listAccountSessions =
  (sql: Sql): AccountSessionStore['list'] =>
  async (accountId, nowAt) => {
    const rows = await sql.query<Row>(
      `select ${sessionColumns} from account_sessions s
      where s.account_id = $1::uuid and s.state = 'signed_in' and s.expires_at > $2::timestamptz
      order by s.id desc limit 200`,
      [accountId, timestamp(nowAt)],
    )
    return rows.map(toSession)
  }

export const endAccountSession =
  (sql: Sql): AccountSessionStore['end'] =>
  async (accountId, id) => {
    const rows = await sql.query(
      `delete from account_sessions where account_id = $1::uuid and id = $2::uuid returning id`,
      [accountId, id],
    )
    return rows.length === 1
  }

export const endAccountSessions =
  (sql: Sql): AccountSessionStore['endAll'] =>
  async (accountId, except) => {
    const rows = await sql.query(
      `delete from account_sessions where account_id = $1::uuid and ($2::uuid is null or id <> $2::uuid) returning id`,
      [accountId, except],
      repeatable,
    )
    return rows.length
  }
