import type { AuthorStore } from '../../../core/ports/author-store.ts'
import { timestamp } from '../comment-row.ts'
import { repeatable, type Sql } from '../sql.ts'

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
