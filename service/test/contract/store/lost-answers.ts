import type { QueryOptions, Sql } from '../../../src/adapters/postgres/sql.ts'

/**
 * The same database over a connection that loses the first answer of every effective write, which is then sent again.
 * A statement that is not repeatable is sent once.
 */
export const losingAnswers = (sql: Sql): Sql => ({
  async query<Row>(text: string, params: readonly unknown[], options: QueryOptions = {}) {
    const rows = await sql.query<Row>(text, params, options)
    if (options.repeatable !== true || changedNothing(rows)) return rows
    options.onRepeat?.()
    return sql.query<Row>(text, params, options)
  },
})

/** Changes of a thread report how many rows they changed. */
const changedNothing = (rows: readonly unknown[]): boolean => {
  const last = rows.at(-1)
  return typeof last === 'object' && last !== null && 'changes' in last && Number(last.changes) === 0
}
