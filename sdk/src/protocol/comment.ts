import * as v from 'valibot'
import { idSchema } from './ids.ts'

export const statusSchema = v.picklist(['pending', 'approved', 'rejected', 'spam'])
export type Status = v.InferOutput<typeof statusSchema>

export const roleSchema = v.picklist(['guest', 'member', 'moderator', 'admin', 'owner'])
export type Role = v.InferOutput<typeof roleSchema>

export const authorSchema = v.object({
  id: idSchema,
  name: v.string(),
  /** An https URL; absent means the client draws one from the id. */
  avatar: v.optional(v.string()),
  role: v.optional(roleSchema),
})
export type Author = v.InferOutput<typeof authorSchema>

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const epochMs = count

/** One comment as it travels. Times are epoch milliseconds. */
export const commentSchema = v.object({
  id: idSchema,
  threadId: idSchema,
  /** `null` for a root. */
  parentId: v.nullable(idSchema),
  /** The root of the conversation; a root names itself. */
  rootId: idSchema,
  /** 0 for a root, its parent's plus one for a reply. */
  depth: count,
  /** The thread's counter when this comment last changed. */
  seq: count,
  /** The thread's counter when it was created: the order of a thread, whatever the clocks said. */
  createdSeq: count,
  author: authorSchema,
  /** Sanitised by the service; empty in a tombstone. */
  html: v.string(),
  /** Markdown source; only for its author and moderators. */
  body: v.optional(v.string()),
  status: statusSchema,
  createdAt: epochMs,
  editedAt: v.optional(epochMs),
  /** Present in a tombstone: a deleted comment that stays in place because it has replies. */
  deletedAt: v.optional(epochMs),
  /** How many readers chose each reaction; kinds with a count of 0 are absent. */
  reactions: v.record(v.string(), count),
  /** For a root every visible reply below it, for a reply its direct visible replies. */
  replyCount: count,
  pinned: v.boolean(),
})
export type Comment = v.InferOutput<typeof commentSchema>

/** A comment's text before moderation's own limit: one WebSocket frame holds it. */
export const bodySchema = v.pipe(v.string(), v.maxLength(40_000))

/** Display name before normalisation. */
export const nameSchema = v.pipe(v.string(), v.maxLength(200))

export const reactionKindSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_]{0,19}$/, '1 to 20 characters of a-z, 0-9 and _, the first a letter'),
)
