import pg from 'pg'
import type { Sql } from '../../src/adapters/postgres/sql.ts'

const AS_OF = 'as of system time follower_read_timestamp()'

/**
 * A database with a replica that stays behind until told to catch up: a connection that holds an old snapshot. Follower
 * reads go there, without the clause that only CockroachDB has.
 */
export const withReplica = async (leader: Sql, url: string) => {
  const client = new pg.Client(url)
  await client.connect()
  const statements = { replica: 0, leader: 0 }
  let failure: Error | null = null
  const begin = async (): Promise<void> => {
    await client.query('begin isolation level repeatable read read only')
    // The snapshot is that of the first statement.
    await client.query('select 1 from meta')
  }
  await begin()

  const sql: Sql = {
    async query<Row>(text: string, params: readonly unknown[], options = {}) {
      if (!text.includes(AS_OF)) {
        statements.leader += 1
        return leader.query<Row>(text, params, options)
      }
      statements.replica += 1
      if (failure !== null) throw failure
      return (await client.query<Row & pg.QueryResultRow>(text.replace(AS_OF, ''), [...params])).rows
    },
  }
  return {
    sql,
    /** How many statements each got since the last call. */
    takeCounts: () => {
      const since = { ...statements }
      Object.assign(statements, { replica: 0, leader: 0 })
      return since
    },
    catchUp: async (): Promise<void> => {
      await client.query('commit')
      await begin()
    },
    failWith: (error: Error | null): void => {
      failure = error
    },
    close: () => client.end(),
  }
}

export type Replica = Awaited<ReturnType<typeof withReplica>>
