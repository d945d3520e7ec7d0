import type { Sql } from './sql.ts'
import { epochMs, type Row } from './sql-row.ts'

/** The database's clock at the start of this statement, in epoch milliseconds. */
export const serverTime = async (sql: Sql): Promise<number> => {
  const rows = await sql.query<Row>(`select ${epochMs('now()')} as now_at`, [])
  const nowAt = Number(rows[0]?.now_at)
  if (!Number.isSafeInteger(nowAt)) throw new Error('the database returned no time')
  return nowAt
}
