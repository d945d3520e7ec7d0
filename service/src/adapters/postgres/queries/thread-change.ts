import type { WriteResult } from '../../../core/ports/write-result.ts'
import type { StoredComment } from '../../../core/stored-comment.ts'
import type { Sql } from '../sql.ts'
import type { Row } from '../sql-row.ts'
import { commentColumns, toComment } from './comment-row.ts'
import { readBack } from './read-back.ts'

/*
 * Every change of a thread is one statement of the same shape, with the site as $1 and the thread as $2:
 *
 *   with seen, target, head, counted, changed select outcome
 *
 * Each operation writes its own `target`: the rows to change, with `comment_change` (to the thread's comment_count) and
 * `reply_change` (to the reply counts of parent and root). Everything is read in the statement's snapshot.
 *
 * At READ COMMITTED, a statement that waits for the row lock of the head continues with an outdated snapshot: a
 * deletion would miss a reply committed meanwhile, and a key stored meanwhile would count twice. So `head` moves only
 * if it is still what `seen` read. Every writer of a thread moves its head, so in that case nothing else that was read
 * has changed. Otherwise the statement changes nothing and is retried. At SERIALIZABLE the database refuses with 40001.
 */

/** The head in the statement's snapshot. Materialized, so that no planner merges it with the row that is updated. */
export const seen = `seen as materialized (
  select h.seq, h.closed from thread_heads h where h.site_id = $1::uuid and h.thread_id = $2::uuid)`

/** Takes one seq for each row of `target`, unless the thread has changed since `seen`. */
export const head = `head as (
  update thread_heads h set seq = h.seq + p.changes, comment_count = h.comment_count + p.comment_change
  from seen, (select count(*)::int8 as changes, coalesce(sum(t.comment_change), 0)::int8 as comment_change from target t) p
  where h.site_id = $1::uuid and h.thread_id = $2::uuid and h.seq = seen.seq and p.changes > 0
  returning h.seq, h.comment_count)`

/** Adds `reply_change` to the parent and the root, once if they are the same comment. */
export const counted = `counted as (
  insert into reply_counts (site_id, thread_id, comment_id, replies)
  select $1::uuid, $2::uuid, p.comment_id, sum(p.reply_change)::int8
  from (
    select t.parent_id as comment_id, t.reply_change from target t where t.parent_id is not null
    union all
    select t.root_id, t.reply_change from target t where t.parent_id is not null and t.root_id <> t.parent_id
  ) p cross join head
  group by p.comment_id having sum(p.reply_change) <> 0
  on conflict (site_id, thread_id, comment_id) do update set replies = reply_counts.replies + excluded.replies
  returning comment_id, replies)`

/** For changes that do not affect reply counts. */
export const nothingCounted = `counted as (select null::uuid as comment_id, 0::int8 as replies from seen where false)`

/** The changed rows; the last one also carries the reply counts. */
export const outcome = `select seen.seq as from_seq, (select count(*) from target)::int8 as changes,
  head.seq as to_seq, head.comment_count,
  case when c.seq = head.seq then (select jsonb_object_agg(n.comment_id::text, n.replies) from counted n) end as reply_counts,
  ${commentColumns('c')}
  from seen left join head on true left join changed c on true
  order by c.seq`

/**
 * Run such a statement; `null` when there was nothing to change. That is also the result when an attempt was committed,
 * its answer was lost and the statement was sent again: `onRepeat` tells the caller to check.
 */
export const change = async (
  sql: Sql,
  text: string,
  params: readonly unknown[],
  onRepeat: () => void,
): Promise<WriteResult | null> => {
  const rows = await sql.query<Row>(text, params, { repeatable: true, onRepeat, isStale })
  const last = rows.at(-1)
  if (last === undefined || Number(last.changes) === 0) return null
  return {
    from: Number(last.from_seq),
    to: Number(last.to_seq),
    comments: rows.map((row) => toComment(row)),
    commentCount: Number(last.comment_count),
    replyCounts: readCounts(last.reply_counts),
  }
}

/** There was something to change, but `head` did not move. */
const isStale = (rows: readonly unknown[]): boolean => {
  const last = rows.at(-1) as Row | undefined
  return last !== undefined && Number(last.changes) > 0 && last.to_seq === null
}

/** `change` for one comment; `made` tells from the row whether a change whose answer was lost had been committed. */
export const changeOne = async (
  sql: Sql,
  text: string,
  params: readonly unknown[],
  q: { siteId: string; threadId: string; id: string; made: (comment: StoredComment) => boolean | Promise<boolean> },
): Promise<WriteResult | null> => {
  let repeated = false
  const written = await change(sql, text, params, () => {
    repeated = true
  })
  if (written !== null || !repeated) return written
  const found = await readBack(sql, { ...q, ids: [q.id], span: (comment) => comment.seq })
  const comment = found?.comments[0]
  return comment !== undefined && (await q.made(comment)) ? found : null
}

const readCounts = (value: unknown): Record<string, number> =>
  Object.fromEntries(Object.entries(value ?? {}).map(([id, count]) => [id, Number(count)]))
