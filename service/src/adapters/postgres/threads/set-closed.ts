import type { ThreadStore } from '../../../core/ports/thread-store.ts'
import { type Row, toThread } from '../comment-row.ts'
import { repeatable, type Sql } from '../sql.ts'
import { findThread } from './find.ts'

export const setThreadClosed =
  (sql: Sql): ThreadStore['setClosed'] =>
  async (siteId, threadId, closed) => {
    const rows = await sql.query<Row>(
      `with changed as (
        update thread_heads set closed = $3::boolean, seq = thread_heads.seq + 1, state_seq = thread_heads.seq + 1
        where site_id = $1::uuid and thread_id = $2::uuid and closed <> $3::boolean
        returning closed, seq, comment_count, state_seq)
      select t.id as thread_id, t.page, t.url, t.title, coalesce(n.closed, h.closed) as closed,
        coalesce(n.seq, h.seq) as head, coalesce(n.comment_count, h.comment_count) as comment_count,
        coalesce(n.state_seq, h.state_seq) as state_seq
      from threads t join thread_heads h on h.site_id = t.site_id and h.thread_id = t.id left join changed n on true
      where t.site_id = $1::uuid and t.id = $2::uuid`,
      [siteId, threadId, closed],
      repeatable,
    )
    if (rows[0] === undefined) return null
    const state = toThread(rows[0])
    // Another change to the same came first, and this statement had read the thread before it.
    return state.closed === closed ? state : findThread(sql)(siteId, threadId)
  }
