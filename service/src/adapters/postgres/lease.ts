import { newId } from '@repartee/sdk/protocol'
import { repeatable, type Sql } from './sql.ts'

/**
 * Run `work` on one node at a time; resolves with `false` when another node holds the lease. The lease lasts for 30 s
 * after the last `renew`. `renew` rejects once the lease is lost, so that a node that stalled for longer stops.
 */
export const holdLease = async (
  sql: Sql,
  name: string,
  work: (renew: () => Promise<void>) => Promise<void>,
): Promise<boolean> => {
  const holder = newId()
  const taken = await sql.query(
    `insert into leases (name, holder, fence, expires_at)
    values ($1::text, $2::text, 1, now() + interval '30 seconds')
    on conflict (name) do update set holder = excluded.holder, fence = leases.fence + 1, expires_at = excluded.expires_at
    where leases.expires_at < now() or leases.holder = excluded.holder
    returning fence`,
    [name, holder],
    repeatable,
  )
  if (taken.length === 0) return false
  try {
    await work(async () => {
      const renewed = await sql.query(
        `update leases set expires_at = now() + interval '30 seconds'
        where name = $1::text and holder = $2::text returning fence`,
        [name, holder],
        repeatable,
      )
      if (renewed.length === 0) throw new Error(`lost the lease ${name}`)
    })
  } finally {
    await sql.query(
      `update leases set expires_at = now() - interval '1 second' where name = $1::text and holder = $2::text`,
      [name, holder],
      repeatable,
    )
  }
  return true
}
