import type { Credential, CredentialStore } from '../../../core/ports/credential-store.ts'
import { repeatable, type Sql } from '../sql.ts'
import { epochMs, int, optional, type Row, text, timestamp } from '../sql-row.ts'
import { inBatches } from './in-batches.ts'

/** The columns `toCredential` reads. */
const credentialColumns = `id, author_id, secret_hash, previous_hash, ${epochMs('rotated_at')} as rotated_at,
  ${epochMs('expires_at')} as expires_at`

/** A row of `credentialColumns` as a credential. */
const toCredential = (row: Row): Credential => ({
  id: text(row.id),
  authorId: text(row.author_id),
  secretHash: text(row.secret_hash),
  previousHash: optional(row.previous_hash, text),
  rotatedAt: int(row.rotated_at),
  expiresAt: int(row.expires_at),
})

export const findCredential =
  (sql: Sql): CredentialStore['find'] =>
  async (siteId, id) => {
    const rows = await sql.query<Row>(
      `select ${credentialColumns} from credentials where site_id = $1::uuid and id = $2::uuid`,
      [siteId, id],
    )
    return rows[0] === undefined ? null : toCredential(rows[0])
  }

export const createCredential =
  (sql: Sql): CredentialStore['create'] =>
  async (siteId, credential) => {
    await sql.query(
      `insert into credentials (site_id, id, author_id, secret_hash, previous_hash, rotated_at, expires_at)
      values ($1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::timestamptz, $7::timestamptz)
      on conflict (site_id, id) do nothing`,
      [
        siteId,
        credential.id,
        credential.authorId,
        credential.secretHash,
        credential.previousHash,
        timestamp(credential.rotatedAt),
        timestamp(credential.expiresAt),
      ],
      repeatable,
    )
  }

/** `to` belongs to this rotation alone: if the secret is `to` already, this rotation set it and its answer was lost. */
export const rotateCredential =
  (sql: Sql): CredentialStore['rotate'] =>
  async (siteId, id, change) => {
    const rows = await sql.query(
      `update credentials set secret_hash = $4::text, previous_hash = $3::text,
        rotated_at = $5::timestamptz, expires_at = $6::timestamptz
      where site_id = $1::uuid and id = $2::uuid and (secret_hash = $3::text or secret_hash = $4::text)
      returning id`,
      [siteId, id, change.from, change.to, timestamp(change.nowAt), timestamp(change.expiresAt)],
      repeatable,
    )
    return rows.length === 1
  }

export const revokeCredential =
  (sql: Sql): CredentialStore['revoke'] =>
  async (siteId, id) => {
    await sql.query(`delete from credentials where site_id = $1::uuid and id = $2::uuid`, [siteId, id], repeatable)
  }

/** Delete the credentials, of all sites, that expired before a time, in batches. Resolves with their number. */
export const deleteExpiredCredentials = (sql: Sql, before: number): Promise<number> =>
  inBatches(async (limit) => {
    // Read first, so that nothing is written when none has expired.
    const expired = await sql.query<Row>(
      `select c.site_id, c.id from credentials c where c.expires_at < $1::timestamptz
      order by c.expires_at limit $2::int8`,
      [timestamp(before), limit],
    )
    if (expired.length > 0)
      await sql.query(
        `delete from credentials where (site_id, id) in (
          select e.site_id, e.id from unnest($1::uuid[], $2::uuid[]) as e(site_id, id))
        and expires_at < $3::timestamptz`,
        [expired.map((row) => row.site_id), expired.map((row) => row.id), timestamp(before)],
        repeatable,
      )
    return expired.length
  })
