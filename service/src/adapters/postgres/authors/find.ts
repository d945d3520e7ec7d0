import { parseInput, roleSchema } from '@repartee/sdk/protocol'
import type { AuthorStore } from '../../../core/ports/author-store.ts'
import type { Row } from '../comment-row.ts'
import type { Sql } from '../sql.ts'

export const findAuthor =
  (sql: Sql): AuthorStore['find'] =>
  async (siteId, id) => {
    const rows = await sql.query<Row>(
      `select a.id, a.name, a.role from authors a where a.site_id = $1::uuid and a.id = $2::uuid`,
      [siteId, id],
    )
    const row = rows[0]
    if (row === undefined) return null
    return { id: String(row.id), name: String(row.name), role: parseInput(roleSchema, row.role) }
  }
