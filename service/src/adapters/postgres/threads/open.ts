import type { ThreadStore } from '../../../core/ports/thread-store.ts'
import { type Row, threadColumns, timestamp, toThread } from '../comment-row.ts'
import { repeatable, type Sql } from '../sql.ts'
import { findThreadByPage } from './find-by-page.ts'

export const openThread = (sql: Sql): ThreadStore['open'] => {
  const findByPage = findThreadByPage(sql)
  return async (thread) => {
    const rows = await sql.query<Row>(
      `with t as (
        insert into threads (site_id, id, page, url, title, created_at)
        values ($1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::timestamptz)
        on conflict (site_id, page) do nothing
        returning site_id, id, page, url, title),
      h as (
        insert into thread_heads (site_id, thread_id) select t.site_id, t.id from t
        returning site_id, thread_id, closed, seq, comment_count, state_seq)
      select ${threadColumns} from t join h on h.site_id = t.site_id and h.thread_id = t.id`,
      [thread.siteId, thread.id, thread.page, thread.url, thread.title, timestamp(thread.nowAt)],
      repeatable,
    )
    if (rows[0] !== undefined) return toThread(rows[0])
    const found = await findByPage(thread.siteId, thread.page)
    if (found === null) throw new Error('a thread conflicts with a page that has none')
    return found
  }
}
