import type { AuthorStore } from '../../../core/ports/author-store.ts'
import { repeatable, type Sql } from '../sql.ts'

export const renameAuthor =
  (sql: Sql): AuthorStore['rename'] =>
  async (siteId, id, name) => {
    await sql.query(
      `update authors set name = $3::text where site_id = $1::uuid and id = $2::uuid`,
      [siteId, id, name],
      repeatable,
    )
  }
