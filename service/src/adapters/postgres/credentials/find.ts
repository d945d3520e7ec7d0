import type { CredentialStore } from '../../../core/ports/credential-store.ts'
import { credentialColumns, type Row, toCredential } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const findCredential =
  (sql: Sql): CredentialStore['find'] =>
  async (siteId, id) => {
    const rows = await sql.query<Row>(
      `select ${credentialColumns} from credentials where site_id = $1::uuid and id = $2::uuid`,
      [siteId, id],
    )
    return rows[0] === undefined ? null : toCredential(rows[0])
  }
