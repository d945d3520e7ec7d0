import type { CredentialStore } from '../../../core/ports/credential-store.ts'
import { timestamp } from '../comment-row.ts'
import { repeatable, type Sql } from '../sql.ts'

/** `to` is made for one rotation alone: a secret that already is `to` was set by this one, whose answer was lost. */
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
