import type { StoredPasskey } from '../../../core/account.ts'
import type { PasskeyStore } from '../../../core/ports/passkey-store.ts'
import { repeatable, type Sql } from '../sql.ts'
import { epochMs, int, optional, type Row, text, timestamp } from '../sql-row.ts'
import { mailed, mailParams } from './mail-queries.ts'

const passkeyColumns = `p.id, p.account_id, p.public_key, p.counter, p.transports, p.name,
  ${epochMs('p.created_at')} as created_at, ${epochMs('p.last_used_at')} as last_used_at`

const toPasskey = (row: Row): StoredPasskey => ({
  id: text(row.id),
  accountId: text(row.account_id),
  publicKey: text(row.public_key),
  counter: int(row.counter),
  transports: Array.isArray(row.transports) ? row.transports.map(text) : [],
  name: text(row.name),
  createdAt: int(row.created_at),
  lastUsedAt: optional(row.last_used_at, int),
})

export const addPasskey =
  (sql: Sql): PasskeyStore['add'] =>
  async (passkey, mails) => {
    const rows = await sql.query(
      `with added as (
        insert into passkeys (id, account_id, public_key, counter, transports, name, created_at)
        values ($1::text, $2::uuid, $3::text, $4::int8, $5::text[], $6::text, $7::timestamptz)
        on conflict (id) do nothing
        returning id
      ),
      ${mailed({ when: 'added', first: 8 })}
      select a.id from added a`,
      [
        passkey.id,
        passkey.accountId,
        passkey.publicKey,
        passkey.counter,
        passkey.transports,
        passkey.name,
        timestamp(passkey.createdAt),
        ...mailParams(mails),
      ],
    )
    return rows.length === 1
  }

export const findPasskey =
  (sql: Sql): PasskeyStore['find'] =>
  async (id) => {
    const rows = await sql.query<Row>(`select ${passkeyColumns} from passkeys p where p.id = $1::text`, [id])
    return rows[0] === undefined ? null : toPasskey(rows[0])
  }

export const listPasskeys =
  (sql: Sql): PasskeyStore['list'] =>
  async (accountId) => {
    const rows = await sql.query<Row>(
      `select ${passkeyColumns} from passkeys p where p.account_id = $1::uuid order by p.created_at, p.id limit 100`,
      [accountId],
    )
    return rows.map(toPasskey)
  }

export const renamePasskey =
  (sql: Sql): PasskeyStore['rename'] =>
  async (accountId, id, name) => {
    const rows = await sql.query(
      `update passkeys set name = $3::text where account_id = $1::uuid and id = $2::text returning id`,
      [accountId, id, name],
      repeatable,
    )
    return rows.length === 1
  }

export const removePasskey =
  (sql: Sql): PasskeyStore['remove'] =>
  async (accountId, id, mails) => {
    const rows = await sql.query(
      `with removed as (delete from passkeys where account_id = $1::uuid and id = $2::text returning id),
      ${mailed({ when: 'removed', first: 3 })}
      select r.id from removed r`,
      [accountId, id, ...mailParams(mails)],
    )
    return rows.length === 1
  }

/** Authenticators without a counter always say 0. */
export const usePasskey =
  (sql: Sql): PasskeyStore['use'] =>
  async (id, use) => {
    const rows = await sql.query(
      `update passkeys set counter = $2::int8, last_used_at = $3::timestamptz
      where id = $1::text and (counter < $2::int8 or (counter = 0 and $2::int8 = 0))
      returning id`,
      [id, use.counter, timestamp(use.at)],
    )
    return rows.length === 1
  }
