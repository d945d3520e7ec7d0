import { NIL_ID } from '../../../core/nil-id.ts'
import type { SealedStore } from '../../../core/ports/sealed-store.ts'
import type { SealedColumn } from '../../../core/secrets/sealed-columns.ts'
import { repeatable, type Sql } from '../sql.ts'
import { int, optional, type Row, text } from '../sql-row.ts'

/** The id of the key that a sealed value needs, as the indexes of 0004-sealed-values.ts have it. */
const keyIdOf = (column: SealedColumn): string => `split_part(c.${column.column}, '.', 2)`

/** Less than every row's key. */
const first = { text: '', uuid: NIL_ID } as const

export const nextKeyId =
  (sql: Sql): SealedStore['nextKeyId'] =>
  async (column, after) => {
    const rows = await sql.query<Row>(
      `select ${keyIdOf(column)} as key_id from ${column.table} c
      where c.${column.column} is not null and ${keyIdOf(column)} > $1::text
      order by ${keyIdOf(column)} limit 1`,
      [after],
    )
    return optional(rows[0]?.key_id, text)
  }

export const countSealed =
  (sql: Sql): SealedStore['count'] =>
  async (column, keyId) => {
    const rows = await sql.query<Row>(
      `select count(*) as stored from ${column.table} c
      where c.${column.column} is not null and ${keyIdOf(column)} = $1::text`,
      [keyId],
    )
    return int(rows[0]?.stored)
  }

export const pageSealed =
  (sql: Sql): SealedStore['page'] =>
  async (column, keyId, after, limit) => {
    const rows = await sql.query<Row>(
      `select c.${column.key} as row_key, c.${column.column} as sealed from ${column.table} c
      where c.${column.column} is not null and ${keyIdOf(column)} = $1::text and c.${column.key} > $2::${column.keyType}
      order by c.${column.key} limit $3::int8`,
      [keyId, after ?? first[column.keyType], limit],
    )
    return rows.map((row) => ({ row: text(row.row_key), sealed: text(row.sealed) }))
  }

export const replaceSealed =
  (sql: Sql): SealedStore['replace'] =>
  async (column, changes) => {
    const rows = await sql.query(
      `update ${column.table} c set ${column.column} = i.sealed
      from (select * from unnest($1::${column.keyType}[], $2::text[], $3::text[]) as u(row_key, seen, sealed)) i
      where c.${column.key} = i.row_key and (c.${column.column} = i.seen or c.${column.column} = i.sealed)
      returning c.${column.key}`,
      [changes.map(({ row }) => row), changes.map(({ from }) => from), changes.map(({ to }) => to)],
      repeatable,
    )
    return rows.length
  }

export const findServiceSecret =
  (sql: Sql): SealedStore['findSecret'] =>
  async (name) => {
    const rows = await sql.query<Row>(`select s.sealed from service_secrets s where s.name = $1::text`, [name])
    return optional(rows[0]?.sealed, text)
  }

export const keepServiceSecret =
  (sql: Sql): SealedStore['keepSecret'] =>
  async (name, sealed) => {
    const rows = await sql.query<Row>(
      `insert into service_secrets (name, sealed) values ($1::text, $2::text)
      on conflict (name) do update set sealed = service_secrets.sealed
      returning sealed`,
      [name, sealed],
      repeatable,
    )
    return text(rows[0]?.sealed)
  }
