import type { CredentialStore } from '../../../core/ports/credential-store.ts'
import { timestamp } from '../comment-row.ts'
import { repeatable, type Sql } from '../sql.ts'

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
