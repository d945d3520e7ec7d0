import { newId } from '@repartee/sdk/protocol'
import { repeatable, type Sql } from './sql.ts'
import type { Row } from './sql-row.ts'

/** Identity of this database's history; `migrate` made it. */
export const epoch = (sql: Sql) => async (): Promise<string> => {
  const rows = await sql.query<Row>(`select m.value from meta m where m.name = 'epoch'`, [])
  const value = rows[0]?.value
  if (typeof value !== 'string') throw new Error('the database has no epoch: run the migrations')
  return value
}

/** Give the database an epoch if it has none; asks first, so that a start alone writes nothing. */
export const ensureEpoch = async (sql: Sql): Promise<void> => {
  const rows = await sql.query(`select m.value from meta m where m.name = 'epoch'`, [])
  if (rows.length > 0) return
  await sql.query(
    `insert into meta (name, value) values ('epoch', $1::text) on conflict (name) do nothing`,
    [newId()],
    repeatable,
  )
}

/** Declare every position clients hold void: after a restore, and in a copy of a prepared database. */
export const renewEpoch = async (sql: Sql): Promise<void> => {
  await sql.query(
    `insert into meta (name, value) values ('epoch', $1::text) on conflict (name) do update set value = excluded.value`,
    [newId()],
    repeatable,
  )
}
