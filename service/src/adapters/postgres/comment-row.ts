import { parseInput, roleSchema, siteSettingsSchema, statusSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import type { Credential } from '../../core/ports/credential-store.ts'
import type { ThreadState } from '../../core/ports/thread-store.ts'
import type { Site } from '../../core/site.ts'
import type { StoredComment } from '../../core/stored-comment.ts'

/** A row as drivers give it: int8 is a number, a bigint or a string depending on the driver. */
export type Row = Readonly<Record<string, unknown>>

const text = (value: unknown): string => String(value)
const int = (value: unknown): number => Number(value)
const optional = <T>(value: unknown, read: (value: unknown) => T): T | null =>
  value === null || value === undefined ? null : read(value)
const counts = v.record(v.string(), v.number())
const texts = v.array(v.string())

/** A time given to the database. */
export const timestamp = (at: number): string => new Date(at).toISOString()

/** A stored time as epoch milliseconds. */
export const epochMs = (column: string): string => `(extract(epoch from ${column}) * 1000)::int8`

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

/** What `toComment` reads, from the table or from `returnedColumns`. The count is looked up for the rows given out only. */
export const commentColumns = (alias: string, prefix = ''): string =>
  [
    ...plain.map((column) => `${alias}.${column} as ${prefix}${column}`),
    ...times.map((column) => `${epochMs(`${alias}.${column}`)} as ${prefix}${column}`),
    `coalesce((select n.replies from reply_counts n where n.site_id = ${alias}.site_id
      and n.thread_id = ${alias}.thread_id and n.comment_id = ${alias}.id), 0) as ${prefix}reply_count`,
  ].join(', ')

/** For `returning`, which cannot look elsewhere: the raw columns `commentColumns` needs. */
export const returnedColumns = (alias: string): string =>
  ['site_id', ...plain, ...times].map((column) => `${alias}.${column}`).join(', ')

/** Read `commentColumns`. */
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

/** What `toThread` reads, of threads t and thread_heads h. */
export const threadColumns = `t.id as thread_id, t.page, t.url, t.title, h.closed, h.seq as head, h.comment_count,
  h.state_seq`

/** Read `threadColumns`. */
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

/** What `toSite` reads. */
export const siteColumns = `id, public_key, name, origins, settings, ${epochMs('created_at')} as created_at`

/** Read `siteColumns`; settings added since the row was written have their defaults. */
export const toSite = (row: Row): Site => ({
  id: text(row.id),
  publicKey: text(row.public_key),
  name: text(row.name),
  origins: parseInput(texts, row.origins),
  settings: parseInput(siteSettingsSchema, row.settings),
  createdAt: int(row.created_at),
})

/** What `toCredential` reads. */
export const credentialColumns = `id, author_id, secret_hash, previous_hash, ${epochMs('rotated_at')} as rotated_at,
  ${epochMs('expires_at')} as expires_at`

/** Read `credentialColumns`. */
export const toCredential = (row: Row): Credential => ({
  id: text(row.id),
  authorId: text(row.author_id),
  secretHash: text(row.secret_hash),
  previousHash: optional(row.previous_hash, text),
  rotatedAt: int(row.rotated_at),
  expiresAt: int(row.expires_at),
})
