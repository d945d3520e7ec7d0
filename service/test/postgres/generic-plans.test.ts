import { newId } from '@repartee/sdk/protocol'
import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { openPostgres, type PostgresHandle } from '../../src/adapters/postgres/pool/open-postgres.ts'
import type { Sql } from '../../src/adapters/postgres/sql.ts'
import { fillThread } from '../../testing/fill.ts'
import { noMetrics } from '../../testing/no-metrics.ts'
import { reads } from '../../testing/reads.ts'
import { silent } from '../../testing/silent.ts'
import { comment, openScene } from '../../testing/store-scene.ts'

const COMMENTS = 20_000
const siteId = newId()

/** As text that EXECUTE takes for a parameter of any type. */
const literal = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return literal(`{${value.map((each) => (each === null ? 'null' : `"${each}"`)).join()}}`)
  return pg.escapeLiteral(String(value))
}

// Connections keep prepared statements, for which PostgreSQL may use one plan for all values.
describe.runIf(installed('postgres'))('generic plans', () => {
  let database: PostgresHandle
  let client: pg.Client
  let threadId = ''
  beforeAll(async () => {
    const url = await (await sharedPostgres()).createDatabase()
    database = await openPostgres({ url, log: silent, metrics: noMetrics, now: Date.now })
    ;({ threadId } = await openScene(createStore(database.sql), siteId))
    await fillThread(database.sql, siteId, threadId, COMMENTS)
    await database.sql.query('vacuum (analyze)', [], { noTimeout: true })
    client = new pg.Client(url)
    await client.connect()
    await client.query('set plan_cache_mode = force_generic_plan')
  })
  afterAll(async () => {
    await client.end()
    await database.close()
  })

  const planOf = async (call: (sql: Sql) => Promise<unknown>): Promise<string> => {
    let plan = ''
    const planner: Sql = {
      query: async (text, params) => {
        await client.query('deallocate all')
        await client.query(`prepare p as ${text}`)
        plan = JSON.stringify(
          (await client.query(`explain (format json) execute p(${params.map(literal).join()})`)).rows,
        )
        return []
      },
    }
    await call(planner).catch(() => null)
    return plan
  }

  test.each(reads(siteId, '', COMMENTS).map(({ name }) => name))('%s scans no table', async (name) => {
    const read = reads(siteId, threadId, COMMENTS).find((one) => one.name === name)
    const plan = await planOf((sql) => read?.run(createStore(sql), 0.5) ?? Promise.resolve())
    expect(plan).toContain(`"Index Name":"${read?.index}"`)
    expect(plan).not.toMatch(/"Seq Scan"[^}]*?"Relation Name":"(comments|reply_counts)"/)
  })

  test('storing a comment scans no table', async () => {
    const plan = await planOf((sql) => createStore(sql).comments.insert(siteId, threadId, [comment()]))
    expect(plan).toContain('"Index Name":"comments_pkey"')
    expect(plan).not.toMatch(/"Seq Scan"[^}]*?"Relation Name":"(comments|reply_counts)"/)
  })
})
