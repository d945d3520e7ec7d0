import { createStore } from '../src/adapters/postgres/create-store.ts'
import type { Sql } from '../src/adapters/postgres/sql.ts'
import type { Store } from '../src/core/ports/store.ts'

/** How a statement reads tables: the indexes it uses and the tables it scans. */
export type Plan = { readonly indexes: readonly string[]; readonly scans: readonly string[] }

/** Explain the statement that a store call sends. The statement itself is not run. */
export const explain = async (sql: Sql, call: (store: Store) => Promise<unknown>): Promise<Plan> => {
  let plan: Plan = { indexes: [], scans: [] }
  const planner: Sql = {
    query: async (text, params) => {
      const rows = await sql.query<Record<string, unknown>>(`explain (format json) ${text}`, params)
      plan = read(JSON.stringify(rows))
      return []
    },
  }
  await call(createStore(planner)).catch(() => null)
  return plan
}

const read = (json: string): Plan => ({
  indexes: [...new Set([...json.matchAll(/\\?"Index Name\\?": ?\\?"(\w+)/g)].map(([, name = '']) => name))].sort(),
  scans: [
    ...new Set(
      [...json.matchAll(/\\?"Seq Scan\\?",[^}]*?\\?"Relation Name\\?": ?\\?"(\w+)/g)].map(([, name = '']) => name),
    ),
  ].sort(),
})
