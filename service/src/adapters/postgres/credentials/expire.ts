import { type Row, timestamp } from '../comment-row.ts'
import { repeatable, type Sql } from '../sql.ts'

const BATCH = 500
/** So that one sweep ends, whatever it meets. */
const MAX_BATCHES = 1_000

/** Delete the credentials of all sites that expired before a time, a batch at a time; resolves with how many there were. */
export const deleteExpiredCredentials = async (sql: Sql, before: number): Promise<number> => {
  let deleted = 0
  for (let batches = 0; batches < MAX_BATCHES; batches += 1) {
    // Looked for first: where none has expired, nothing is written.
    const expired = await sql.query<Row>(
      `select c.site_id, c.id from credentials c where c.expires_at < $1::timestamptz
      order by c.expires_at limit $2::int8`,
      [timestamp(before), BATCH],
    )
    if (expired.length > 0)
      await sql.query(
        `delete from credentials where (site_id, id) in (
          select e.site_id, e.id from unnest($1::uuid[], $2::uuid[]) as e(site_id, id))
        and expires_at < $3::timestamptz`,
        [expired.map((row) => row.site_id), expired.map((row) => row.id), timestamp(before)],
        repeatable,
      )
    deleted += expired.length
    if (expired.length < BATCH) return deleted
  }
  return deleted
}
