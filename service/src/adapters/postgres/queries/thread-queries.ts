import type { ThreadState, ThreadStore } from '../../../core/ports/thread-store.ts'
import { repeatable, type Sql } from '../sql.ts'
import { int, type Row, text, timestamp } from '../sql-row.ts'

/** The columns `toThread` reads, of threads t and thread_heads h. */
export const threadColumns = `t.id as thread_id, t.page, t.url, t.title, h.closed, h.seq as head, h.comment_count,
  h.state_seq`

/** A row of `threadColumns` as a thread. */
export const toThread = (row: Row): ThreadState => ({
  id: text(row.thread_id),
  page: text(row.page),
  url: text(row.url),
  title: text(row.title),
  closed: row.closed === true,
  head: int(row.head),
  commentCount: int(row.comment_count),
  stateSeq: int(row.state_seq),
})

export const findThread =
  (sql: Sql): ThreadStore['find'] =>
  async (siteId, threadId) => {
    const rows = await sql.query<Row>(
      `select ${threadColumns}
      from threads t join thread_heads h on h.site_id = t.site_id and h.thread_id = t.id
      where t.site_id = $1::uuid and t.id = $2::uuid`,
      [siteId, threadId],
    )
    return rows[0] === undefined ? null : toThread(rows[0])
  }

export const findThreadByPage =
  (sql: Sql): ThreadStore['findByPage'] =>
  async (siteId, page) => {
    const rows = await sql.query<Row>(
      `select ${threadColumns}
      from threads t join thread_heads h on h.site_id = t.site_id and h.thread_id = t.id
      where t.site_id = $1::uuid and t.page = $2::text`,
      [siteId, page],
    )
    return rows[0] === undefined ? null : toThread(rows[0])
  }

export const countThreads =
  (sql: Sql): ThreadStore['counts'] =>
  async (siteId, pages) => {
    const rows = await sql.query<Row>(
      `select t.page, h.comment_count
      from threads t join thread_heads h on h.site_id = t.site_id and h.thread_id = t.id
      where t.site_id = $1::uuid and t.page = any($2::text[])`,
      [siteId, pages],
    )
    return Object.fromEntries(rows.map((row) => [String(row.page), Number(row.comment_count)]))
  }

export const readHeads =
  (sql: Sql): ThreadStore['heads'] =>
  async (threads) => {
    const rows = await sql.query<Row>(
      `select h.site_id, h.thread_id, h.seq
      from unnest($1::uuid[], $2::uuid[]) as r(site_id, thread_id)
      join thread_heads h on h.site_id = r.site_id and h.thread_id = r.thread_id`,
      [threads.map((thread) => thread.siteId), threads.map((thread) => thread.threadId)],
    )
    return rows.map((row) => ({
      siteId: String(row.site_id),
      threadId: String(row.thread_id),
      head: Number(row.seq),
    }))
  }

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
    if (found === null) throw new Error('a page has no thread, but opening one conflicts')
    return found
  }
}

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
    // A concurrent change to the same state was committed after this statement had read the thread.
    return state.closed === closed ? state : findThread(sql)(siteId, threadId)
  }
