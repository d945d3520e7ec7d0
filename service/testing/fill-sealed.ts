import { newId } from '@repartee/sdk/protocol'
import type { Sql } from '../src/adapters/postgres/sql.ts'
import type { SecretBox } from '../src/core/ports/secret-box.ts'

/** Store `rows` accounts, their mail and links, everything sealed. Resolves with the ids of the accounts. */
export const fillSealed = async (sql: Sql, box: Pick<SecretBox, 'seal'>, rows: number): Promise<string[]> => {
  const ids = Array.from({ length: rows }, () => newId())
  const sealedIn = (table: 'accounts', column: 'email_sealed' | 'totp_sealed', what: string) =>
    ids.map((row) => box.seal({ table, column, row }, `${what} ${row}`))
  await sql.query(
    `insert into accounts (id, email_digest, email_sealed, totp_sealed, name, recovery_hashes, created_at)
    select u.id, u.id::text, u.email, u.totp, 'Ann', '{}', now()
    from unnest($1::uuid[], $2::text[], $3::text[]) as u(id, email, totp)`,
    [ids, sealedIn('accounts', 'email_sealed', 'email'), sealedIn('accounts', 'totp_sealed', 'totp')],
  )
  await sql.query(
    `insert into mail_outbox (id, kind, sealed, created_at, next_attempt_at)
    select u.id, 'test', u.sealed, now(), now() from unnest($1::uuid[], $2::text[]) as u(id, sealed)`,
    [ids, ids.map((row) => box.seal({ table: 'mail_outbox', column: 'sealed', row }, `mail ${row}`))],
  )
  await sql.query(
    `insert into account_links (hash, purpose, sealed, created_at, expires_at)
    select u.hash, 'test', u.sealed, now(), now() + interval '1 day' from unnest($1::text[], $2::text[]) as u(hash, sealed)`,
    [ids, ids.map((row) => box.seal({ table: 'account_links', column: 'sealed', row }, `link ${row}`))],
  )
  return ids
}
