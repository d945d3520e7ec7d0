import type { Sql } from '../src/adapters/postgres/sql.ts'

/** The comment with this `createdSeq` in a filled thread. */
export const filledId = (createdSeq: number): string =>
  `00000000-0000-7000-8000-${createdSeq.toString(16).padStart(12, '0')}`

/** Few enough that one statement stays far below the store's time limit on a busy machine. */
const ROWS_PER_STATEMENT = 2_000

/** The root that half of the comments of a filled thread reply to. */
export const BUSY_ROOT = 4

/**
 * Add the comments from `from` to `comments` to a thread that already has those before. A quarter are roots, half are
 * replies to one busy root, and the rest are replies to other roots. Most are approved, a few are pending.
 */
export const fillThread = async (
  sql: Sql,
  siteId: string,
  threadId: string,
  comments: number,
  from = 1,
): Promise<void> => {
  for (let first = from; first <= comments; first += ROWS_PER_STATEMENT)
    await sql.query(
      `insert into comments (site_id, thread_id, id, parent_id, root_id, depth, author_id, author_name, author_role, key,
        key_digest, seq, created_seq, status, body, body_digest, html, score, listed, published, created_at)
      select $1::uuid, $2::uuid, id(g), case when root = g then null else id(root) end, id(root),
        case when root = g then 0 else 1 end, id(g % 997), 'Reader', 'guest', gen_random_uuid(),
        '', g, g, case when g % 1000 = 7 then 'pending' else 'approved' end, repeat('word ', 40), md5(g::text),
        repeat('word ', 42), (g * 31) % 50, g % 1000 <> 7, g % 1000 <> 7, now()
      from (
        select g, case when g <= 4 or g % 4 = 0 then g when g % 4 < 3 then 4 else 4 * (1 + (g * 7919) % (g / 4)) end as root
        from generate_series($4::int8, $3::int8) g) s`.replaceAll(
        /\bid\(([^)]+)\)/g,
        `('00000000-0000-7000-8000-' || lpad(to_hex($1), 12, '0'))::uuid`,
      ),
      [siteId, threadId, Math.min(comments, first + ROWS_PER_STATEMENT - 1), first],
    )
  await sql.query(
    `insert into reply_counts (site_id, thread_id, comment_id, replies)
    select site_id, thread_id, root_id, count(*) from comments
    where site_id = $1::uuid and thread_id = $2::uuid and parent_id is not null and listed group by 1, 2, 3
    on conflict (site_id, thread_id, comment_id) do update set replies = excluded.replies`,
    [siteId, threadId],
  )
  await sql.query(
    `update thread_heads set seq = $3::int8, comment_count = (select count(*) from comments c
      where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.listed)
    where site_id = $1::uuid and thread_id = $2::uuid`,
    [siteId, threadId, comments],
  )
}
