import { parseInput, roleSchema, statusSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import type { StoredComment } from '../../../core/stored-comment.ts'
import { epochMs, int, optional, type Row, text } from '../sql-row.ts'

const counts = v.record(v.string(), v.number())

const plain = [
  'id',
  'thread_id',
  'parent_id',
  'root_id',
  'depth',
  'author_id',
  'author_name',
  'author_role',
  'key_digest',
  'seq',
  'created_seq',
  'status',
  'body',
  'html',
  'score',
  'reactions',
  'pinned',
  'listed',
  'published',
] as const
const times = ['created_at', 'edited_at', 'deleted_at'] as const

/** The columns `toComment` reads, from the table or `returnedColumns`. Only returned rows pay for the reply count. */
export const commentColumns = (alias: string, prefix = ''): string =>
  [
    ...plain.map((column) => `${alias}.${column} as ${prefix}${column}`),
    ...times.map((column) => `${epochMs(`${alias}.${column}`)} as ${prefix}${column}`),
    `coalesce((select n.replies from reply_counts n where n.site_id = ${alias}.site_id
      and n.thread_id = ${alias}.thread_id and n.comment_id = ${alias}.id), 0) as ${prefix}reply_count`,
  ].join(', ')

/** For `returning`, which cannot read other tables: the plain columns that `commentColumns` needs. */
export const returnedColumns = (alias: string): string =>
  ['site_id', ...plain, ...times].map((column) => `${alias}.${column}`).join(', ')

/** A row of `commentColumns` as a comment. */
export const toComment = (row: Row, prefix = ''): StoredComment => {
  const at = (column: string): unknown => row[prefix + column]
  return {
    id: text(at('id')),
    threadId: text(at('thread_id')),
    parentId: optional(at('parent_id'), text),
    rootId: text(at('root_id')),
    depth: int(at('depth')),
    authorId: text(at('author_id')),
    authorName: text(at('author_name')),
    authorRole: parseInput(roleSchema, at('author_role')),
    seq: int(at('seq')),
    createdSeq: int(at('created_seq')),
    status: parseInput(statusSchema, at('status')),
    body: text(at('body')),
    html: text(at('html')),
    score: int(at('score')),
    reactions: parseInput(counts, at('reactions')),
    replyCount: int(at('reply_count')),
    pinned: at('pinned') === true,
    listed: at('listed') === true,
    published: at('published') === true,
    createdAt: int(at('created_at')),
    editedAt: optional(at('edited_at'), int),
    deletedAt: optional(at('deleted_at'), int),
  }
}
