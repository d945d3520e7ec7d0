import * as v from 'valibot'
import { authorSchema, bodySchema, commentSchema, nameSchema } from './comment.ts'
import { deltaSchema } from './delta.ts'
import { idSchema } from './ids.ts'
import { errorBodySchema } from './server-message.ts'
import { sitePublicSchema } from './site-settings.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))

export const sortSchema = v.picklist(['newest', 'oldest', 'top'])
export type Sort = v.InferOutput<typeof sortSchema>

/** The host's stable name of a page. By default it is the path of the canonical link. */
export const pageKeySchema = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(512),
  v.regex(/^[^\p{Cc}]+$/u, 'text without control characters'),
)

/** Opaque to clients; made by the service. */
export const cursorSchema = v.pipe(v.string(), v.regex(/^[0-9a-z.-]{1,40}$/, 'a cursor that the service has returned'))

export const MAX_PAGE_LIMIT = 100

export const threadSchema = v.object({
  id: idSchema,
  page: pageKeySchema,
  /** Highest `seq` of the thread. */
  head: count,
  /** Identity of the database's history; positions of another epoch mean nothing. */
  epoch: idSchema,
  commentCount: count,
  closed: v.boolean(),
})
export type Thread = v.InferOutput<typeof threadSchema>

const mineSchema = v.record(idSchema, v.array(v.string()))

/** What only the reader who asks may see of a page; present when the request carries a valid token. */
export const viewerSchema = v.object({
  author: authorSchema,
  /** The reader's own reactions, by comment id. */
  reactions: mineSchema,
  /** The reader's own comments that wait for approval, oldest first, with `body`. */
  pending: v.array(commentSchema),
})
export type Viewer = v.InferOutput<typeof viewerSchema>

/** GET thread. */
export const snapshotSchema = v.object({
  site: sitePublicSchema,
  thread: threadSchema,
  /** Roots in the order asked for, each followed by its first replies in order of creation. */
  comments: v.array(commentSchema),
  next: v.nullable(cursorSchema),
  viewer: v.optional(viewerSchema),
  /** The database is away: this is what was last known, and nothing can be written until it is back. */
  stale: v.optional(v.boolean()),
})
export type Snapshot = v.InferOutput<typeof snapshotSchema>

/** GET replies: the replies of one conversation, all depths, in order of creation. */
export const repliesSchema = v.object({
  comments: v.array(commentSchema),
  next: v.nullable(cursorSchema),
  /** The reader's own reactions, by comment id; present when the request carries a valid token. */
  mine: v.optional(mineSchema),
})
export type Replies = v.InferOutput<typeof repliesSchema>

/** GET one comment, for permalinks and for editing: with its ancestors, root first. */
export const commentContextSchema = v.object({
  comment: commentSchema,
  ancestors: v.array(commentSchema),
  /** As in `repliesSchema`. */
  mine: v.optional(mineSchema),
})
export type CommentContext = v.InferOutput<typeof commentContextSchema>

const { thread: _thread, ...deltaEntries } = deltaSchema.entries

/** GET changes: at most 500 changes; while `to < head` there are more. */
export const changesSchema = v.union([
  v.object({ ...deltaEntries, head: count, epoch: idSchema }),
  v.object({ reload: v.literal(true) }),
])
export type Changes = v.InferOutput<typeof changesSchema>

/** GET counts: visible comments by page key; pages without a thread count 0. */
export const countsSchema = v.object({ counts: v.record(v.string(), count) })
export type Counts = v.InferOutput<typeof countsSchema>

export const previewRequestSchema = v.strictObject({ body: bodySchema })
export const previewSchema = v.object({ html: v.string() })
export type Preview = v.InferOutput<typeof previewSchema>

export const guestRequestSchema = v.strictObject({ name: nameSchema })
export const credentialRequestSchema = v.strictObject({ refresh: v.pipe(v.string(), v.maxLength(200)) })

/** Who the reader is from now on: a short token and the credential that renews it. */
export const readerSessionSchema = v.object({
  /** Bearer token, valid for this site only. */
  token: v.string(),
  expiresAt: count,
  /** Replaced by every use; using an old one again ends the session. */
  refresh: v.string(),
  reader: authorSchema,
})
export type ReaderSession = v.InferOutput<typeof readerSessionSchema>

export const errorResponseSchema = v.object({ error: errorBodySchema })
