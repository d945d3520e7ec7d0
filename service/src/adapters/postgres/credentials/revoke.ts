import type { CredentialStore } from '../../../core/ports/credential-store.ts'
import { repeatable, type Sql } from '../sql.ts'

export const revokeCredential =
  (sql: Sql): CredentialStore['revoke'] =>
  async (siteId, id) => {
    await sql.query(`delete from credentials where site_id = $1::uuid and id = $2::uuid`, [siteId, id], repeatable)
  }
