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

/** Made by the service and opaque to clients. */
export const cursorSchema = v.pipe(v.string(), v.regex(/^[0-9a-z.-]{1,40}$/, 'a cursor that the service has returned'))

export const MAX_PAGE_LIMIT = 100

export const threadSchema = v.object({
  id: idSchema,
  page: pageKeySchema,
  /** The highest `seq` of the thread. */
  head: count,
  /** Identifies the history of the database. A position of another epoch means nothing. */
  epoch: idSchema,
  commentCount: count,
  closed: v.boolean(),
})
export type Thread = v.InferOutput<typeof threadSchema>

const mineSchema = v.record(idSchema, v.array(v.string()))

/** The part of a snapshot that only this reader may see. Present when the request has a valid token. */
export const viewerSchema = v.object({
  author: authorSchema,
  /** The reader's own reactions, by comment id. */
  reactions: mineSchema,
  /** The reader's own comments that await approval, oldest first, with `body`. */
  pending: v.array(commentSchema),
})
export type Viewer = v.InferOutput<typeof viewerSchema>

/** GET thread. */
export const snapshotSchema = v.object({
  site: sitePublicSchema,
  thread: threadSchema,
  /** Roots in the requested order, each followed by its first replies in order of creation. */
  comments: v.array(commentSchema),
  next: v.nullable(cursorSchema),
  viewer: v.optional(viewerSchema),
  /** The database is away: this is a saved copy, and nothing can be written until the database is back. */
  stale: v.optional(v.boolean()),
})
export type Snapshot = v.InferOutput<typeof snapshotSchema>

/** GET replies: the replies of one conversation at all depths, in order of creation. */
export const repliesSchema = v.object({
  comments: v.array(commentSchema),
  next: v.nullable(cursorSchema),
  /** The reader's own reactions, by comment id. Present when the request has a valid token. */
  mine: v.optional(mineSchema),
})
export type Replies = v.InferOutput<typeof repliesSchema>

/** GET one comment with its ancestors, root first. For permalinks and for editing. */
export const commentContextSchema = v.object({
  comment: commentSchema,
  ancestors: v.array(commentSchema),
  /** As in `repliesSchema`. */
  mine: v.optional(mineSchema),
})
export type CommentContext = v.InferOutput<typeof commentContextSchema>

const { thread: _thread, ...deltaEntries } = deltaSchema.entries

/** GET changes: at most 500 changes. There are more while `to < head`. */
export const changesSchema = v.union([
  v.object({ ...deltaEntries, head: count, epoch: idSchema }),
  v.object({ reload: v.literal(true) }),
])
export type Changes = v.InferOutput<typeof changesSchema>

/** GET counts: the number of visible comments by page key. A page without a thread has 0. */
export const countsSchema = v.object({ counts: v.record(v.string(), count) })
export type Counts = v.InferOutput<typeof countsSchema>

export const previewRequestSchema = v.strictObject({ body: bodySchema })
export const previewSchema = v.object({ html: v.string() })
export type Preview = v.InferOutput<typeof previewSchema>

export const guestRequestSchema = v.strictObject({ name: nameSchema })
export const credentialRequestSchema = v.strictObject({ refresh: v.pipe(v.string(), v.maxLength(200)) })

/** A reader's session: a short-lived token, and the credential that renews it. */
export const readerSessionSchema = v.object({
  /** A bearer token, valid for this site only. */
  token: v.string(),
  expiresAt: count,
  /** Every use replaces it. Using an old one again ends the session. */
  refresh: v.string(),
  reader: authorSchema,
})
export type ReaderSession = v.InferOutput<typeof readerSessionSchema>

export const errorResponseSchema = v.object({ error: errorBodySchema })
