import { parseInput, roleSchema } from '@repartee/sdk/protocol'
import type { Reader } from '../../../core/actor.ts'
import type { AuthorStore } from '../../../core/ports/author-store.ts'
import { repeatable, type Sql } from '../sql.ts'
import { type Row, timestamp } from '../sql-row.ts'

/** What `toReader` reads. */
export const readerColumns = (alias: string, prefix = ''): string =>
  ['id', 'name', 'role'].map((column) => `${alias}.${column} as ${prefix}${column}`).join(', ')

/** Read `readerColumns`. */
export const toReader = (row: Row, prefix = ''): Reader => ({
  id: String(row[`${prefix}id`]),
  name: String(row[`${prefix}name`]),
  role: parseInput(roleSchema, row[`${prefix}role`]),
})

export const findAuthor =
  (sql: Sql): AuthorStore['find'] =>
  async (siteId, id) => {
    const rows = await sql.query<Row>(
      `select ${readerColumns('a')} from authors a where a.site_id = $1::uuid and a.id = $2::uuid`,
      [siteId, id],
    )
    const row = rows[0]
    return row === undefined ? null : toReader(row)
  }

export const createAuthor =
  (sql: Sql): AuthorStore['create'] =>
  async (author) => {
    await sql.query(
      `insert into authors (site_id, id, name, role, created_at)
      values ($1::uuid, $2::uuid, $3::text, $4::text, $5::timestamptz)
      on conflict (site_id, id) do nothing`,
      [author.siteId, author.id, author.name, author.role, timestamp(author.nowAt)],
      repeatable,
    )
  }

export const renameAuthor =
  (sql: Sql): AuthorStore['rename'] =>
  async (siteId, id, name) => {
    await sql.query(
      `update authors set name = $3::text where site_id = $1::uuid and id = $2::uuid`,
      [siteId, id, name],
      repeatable,
    )
  }
