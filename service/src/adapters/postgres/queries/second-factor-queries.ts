import type { AccountStore } from '../../../core/ports/account-store.ts'
import { repeatable, type Sql } from '../sql.ts'
import { optional, type Row, text } from '../sql-row.ts'
import { mailed, mailParams } from './mail-queries.ts'

export const beginTotp =
  (sql: Sql): AccountStore['beginTotp'] =>
  async (id, pendingSealed) => {
    await sql.query(
      `update accounts set totp_pending_sealed = $2::text where id = $1::uuid`,
      [id, pendingSealed],
      repeatable,
    )
  }

export const pendingTotp =
  (sql: Sql): AccountStore['pendingTotp'] =>
  async (id) => {
    const rows = await sql.query<Row>(`select a.totp_pending_sealed from accounts a where a.id = $1::uuid`, [id])
    return optional(rows[0]?.totp_pending_sealed, text)
  }

export const confirmTotp =
  (sql: Sql): AccountStore['confirmTotp'] =>
  async (id, change) => {
    const rows = await sql.query(
      `with changed as (
        update accounts set totp_sealed = totp_pending_sealed, totp_pending_sealed = null, totp_last_step = $3::int8,
          recovery_hashes = $4::text[]
        where id = $1::uuid and totp_pending_sealed = $2::text
        returning id
      ),
      ${mailed({ when: 'changed', first: 5 })}
      select c.id from changed c`,
      [id, change.pendingSealed, change.step, change.recoveryHashes, ...mailParams(change.mails)],
    )
    return rows.length === 1
  }

export const removeTotp =
  (sql: Sql): AccountStore['removeTotp'] =>
  async (id, mails) => {
    const rows = await sql.query(
      `with changed as (
        update accounts set totp_sealed = null, totp_pending_sealed = null
        where id = $1::uuid and totp_sealed is not null
        returning id
      ),
      ${mailed({ when: 'changed', first: 2 })}
      select c.id from changed c`,
      [id, ...mailParams(mails)],
    )
    return rows.length === 1
  }

export const useTotpStep =
  (sql: Sql): AccountStore['useTotpStep'] =>
  async (id, step) => {
    const rows = await sql.query(
      `update accounts set totp_last_step = $2::int8
      where id = $1::uuid and totp_sealed is not null and totp_last_step < $2::int8 returning id`,
      [id, step],
    )
    return rows.length === 1
  }

export const useRecoveryCode =
  (sql: Sql): AccountStore['useRecoveryCode'] =>
  async (id, hash) => {
    const rows = await sql.query(
      `update accounts set recovery_hashes = array_remove(recovery_hashes, $2::text)
      where id = $1::uuid and $2::text = any (recovery_hashes) returning id`,
      [id, hash],
    )
    return rows.length === 1
  }

export const replaceRecoveryCodes =
  (sql: Sql): AccountStore['replaceRecoveryCodes'] =>
  async (id, hashes) => {
    await sql.query(`update accounts set recovery_hashes = $2::text[] where id = $1::uuid`, [id, hashes], repeatable)
  }
