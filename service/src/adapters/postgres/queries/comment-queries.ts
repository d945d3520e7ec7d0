import { NIL_ID } from '../../../core/nil-id.ts'
import type { CommentStore } from '../../../core/ports/comment-store.ts'
import type { Followers } from '../cockroach/followers.ts'
import type { Sql } from '../sql.ts'
import type { Row } from '../sql-row.ts'
import { commentColumns, toComment } from './comment-row.ts'

export const findComment =
  (sql: Sql): CommentStore['find'] =>
  async (siteId, threadId, id) => {
    const rows = await sql.query<Row>(
      `select ${commentColumns('c')} from comments c
      where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = $3::uuid`,
      [siteId, threadId, id],
    )
    return rows[0] === undefined ? null : toComment(rows[0])
  }

export const findAncestors =
  (sql: Sql): CommentStore['ancestors'] =>
  async (siteId, threadId, comment) => {
    const rows = await sql.query<Row>(
      `with recursive up (id, parent_id, hop) as (
        select p.id, p.parent_id, 1 from comments p
        where p.site_id = $1::uuid and p.thread_id = $2::uuid and p.id = $3::uuid
        union all
        select p.id, p.parent_id, up.hop + 1 from up join comments p
        on p.site_id = $1::uuid and p.thread_id = $2::uuid and p.id = up.parent_id
        where up.hop < 50)
      select ${commentColumns('c')} from up join comments c
      on c.site_id = $1::uuid and c.thread_id = $2::uuid and c.id = up.id
      order by up.hop desc`,
      [siteId, threadId, comment.parentId],
    )
    return rows.map((row) => toComment(row))
  }

/** Each order has a partial index. Its predicate is spelled the same here, so that planners can prove it applies. */
const rootPages = {
  newest: `select ${commentColumns('c')} from comments c
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.parent_id is null and c.listed
    and c.created_seq < $3::int8
    order by c.created_seq desc limit $4::int8`,
  oldest: `select ${commentColumns('c')} from comments c
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.parent_id is null and c.listed
    and c.created_seq > $3::int8
    order by c.created_seq limit $4::int8`,
  top: `select ${commentColumns('c')} from comments c
    where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.parent_id is null and c.listed
    and (c.score, c.created_seq) < ($3::int8, $4::int8)
    order by c.score desc, c.created_seq desc limit $5::int8`,
}

/** The order of the rows of `rootPages`. */
const rootOrders = {
  newest: 'p.created_seq desc',
  oldest: 'p.created_seq',
  top: 'p.score desc, p.created_seq desc',
}

const LAST = Number.MAX_SAFE_INTEGER

export const listRoots =
  (sql: Sql, followers: Followers): CommentStore['roots'] =>
  async ({ siteId, threadId, sort, after, limit, atLeast }) => {
    const position = {
      newest: () => [after?.createdSeq ?? LAST],
      oldest: () => [after?.createdSeq ?? 0],
      top: () => [after?.score ?? LAST, after?.createdSeq ?? LAST],
    }[sort]()
    const page = {
      text: rootPages[sort],
      params: [siteId, threadId, ...position, limit],
      order: rootOrders[sort],
      atLeast,
    }
    const rows = (await followers.read(page)) ?? (await sql.query<Row>(page.text, page.params))
    return rows.map((row) => toComment(row))
  }

const firstReplies = `select ${commentColumns('c')}
  from unnest($3::uuid[]) with ordinality as r(root_id, pos)
  cross join lateral (
    select * from comments f
    where f.site_id = $1::uuid and f.thread_id = $2::uuid and f.root_id = r.root_id
    and f.parent_id is not null and f.listed
    order by f.created_seq limit $4::int8) c
  order by r.pos, c.created_seq`

const firstRepliesOrder = 'array_position($3::uuid[], p.root_id), p.created_seq'

export const listFirstReplies =
  (sql: Sql, followers: Followers): CommentStore['firstReplies'] =>
  async ({ siteId, threadId, rootIds, limit, atLeast }) => {
    const page = {
      text: firstReplies,
      params: [siteId, threadId, rootIds, limit],
      order: firstRepliesOrder,
      atLeast,
    }
    const rows = (await followers.read(page)) ?? (await sql.query<Row>(page.text, page.params))
    return rows.map((row) => toComment(row))
  }

export const listReplies =
  (sql: Sql): CommentStore['replies'] =>
  async ({ siteId, threadId, rootId, after, limit }) => {
    const rows = await sql.query<Row>(
      `select ${commentColumns('c')} from comments c
      where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.root_id = $3::uuid
      and c.parent_id is not null and c.listed and c.created_seq > $4::int8
      order by c.created_seq limit $5::int8`,
      [siteId, threadId, rootId, after, limit],
    )
    return rows.map((row) => toComment(row))
  }

export const listChangedSince =
  (sql: Sql): CommentStore['changedSince'] =>
  async ({ siteId, threadId, since, limit }) => {
    const rows = await sql.query<Row>(
      `select ${commentColumns('c')} from comments c
      where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.seq > $3::int8
      order by c.seq limit $4::int8`,
      [siteId, threadId, since, limit],
    )
    return rows.map((row) => toComment(row))
  }

export const readReplyCounts =
  (sql: Sql): CommentStore['replyCounts'] =>
  async (siteId, threadId, ids) => {
    const rows = await sql.query<Row>(
      `select n.comment_id, n.replies from reply_counts n
      where n.site_id = $1::uuid and n.thread_id = $2::uuid and n.comment_id = any($3::uuid[])`,
      [siteId, threadId, ids],
    )
    return Object.fromEntries(rows.map((row) => [String(row.comment_id), Number(row.replies)]))
  }

export const listPendingByAuthor =
  (sql: Sql): CommentStore['pendingByAuthor'] =>
  async (siteId, threadId, authorId) => {
    const rows = await sql.query<Row>(
      `select ${commentColumns('c')} from comments c
      where c.site_id = $1::uuid and c.thread_id = $2::uuid and c.author_id = $3::uuid
      and c.status = 'pending' and c.deleted_at is null
      order by c.created_seq limit 50`,
      [siteId, threadId, authorId],
    )
    return rows.map((row) => toComment(row))
  }

export const listPending =
  (sql: Sql): CommentStore['pending'] =>
  async (siteId, after, limit) => {
    const rows = await sql.query<Row>(
      `select ${commentColumns('c')} from comments c
      where c.site_id = $1::uuid and c.id > $2::uuid and c.status = 'pending' and c.deleted_at is null
      order by c.id limit $3::int8`,
      [siteId, after ?? NIL_ID, limit],
    )
    return rows.map((row) => toComment(row))
  }
