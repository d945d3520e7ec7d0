import { newId } from '@repartee/sdk/protocol'
import { repeatable, type Sql } from './sql.ts'
import type { Row } from './sql-row.ts'

/** Identifies this database's history; made by `migrate`. */
export const epoch = (sql: Sql) => async (): Promise<string> => {
  const rows = await sql.query<Row>(`select m.value from meta m where m.name = 'epoch'`, [])
  const value = rows[0]?.value
  if (typeof value !== 'string') throw new Error('the database has no epoch: run the migrations')
  return value
}

/** Give the database an epoch if it has none. Reads first, so that starting a node writes nothing. */
export const ensureEpoch = async (sql: Sql): Promise<void> => {
  const rows = await sql.query(`select m.value from meta m where m.name = 'epoch'`, [])
  if (rows.length > 0) return
  await sql.query(
    `insert into meta (name, value) values ('epoch', $1::text) on conflict (name) do nothing`,
    [newId()],
    repeatable,
  )
}

/** Invalidate every position that clients hold, as needed after a restore. */
export const renewEpoch = async (sql: Sql): Promise<void> => {
  await sql.query(
    `insert into meta (name, value) values ('epoch', $1::text) on conflict (name) do update set value = excluded.value`,
    [newId()],
    repeatable,
  )
}
