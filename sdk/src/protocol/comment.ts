import * as v from 'valibot'
import { idSchema } from './ids.ts'

export const statusSchema = v.picklist(['pending', 'approved', 'rejected', 'spam'])
export type Status = v.InferOutput<typeof statusSchema>

export const roleSchema = v.picklist(['guest', 'member', 'moderator', 'admin', 'owner'])
export type Role = v.InferOutput<typeof roleSchema>

export const authorSchema = v.object({
  id: idSchema,
  name: v.string(),
  /** An https URL. If absent, the client draws an avatar from the id. */
  avatar: v.optional(v.string()),
  role: v.optional(roleSchema),
})
export type Author = v.InferOutput<typeof authorSchema>

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const epochMs = count

/** A comment as it is sent to clients. Times are epoch milliseconds. */
export const commentSchema = v.object({
  id: idSchema,
  threadId: idSchema,
  /** `null` for a root. */
  parentId: v.nullable(idSchema),
  /** The root of the conversation. A root has its own id here. */
  rootId: idSchema,
  /** 0 for a root, and one more than its parent for a reply. */
  depth: count,
  /** The thread's counter when this comment last changed. */
  seq: count,
  /** The thread's counter when it was created. Orders the comments of a thread, whatever the clocks said. */
  createdSeq: count,
  author: authorSchema,
  /** Sanitised by the service. Empty in a tombstone. */
  html: v.string(),
  /** The Markdown source. Only its author and moderators get it. */
  body: v.optional(v.string()),
  status: statusSchema,
  createdAt: epochMs,
  editedAt: v.optional(epochMs),
  /** Present in a tombstone, which is a deleted comment that stays because it has replies. */
  deletedAt: v.optional(epochMs),
  /** How many readers chose each reaction; kinds with a count of 0 are absent. */
  reactions: v.record(v.string(), count),
  /** For a root, all visible replies below it. For a reply, its direct visible replies. */
  replyCount: count,
  pinned: v.boolean(),
})
export type Comment = v.InferOutput<typeof commentSchema>

/** A comment's text. It fits into one WebSocket frame; each site has a lower limit of its own. */
export const bodySchema = v.pipe(v.string(), v.maxLength(40_000))

/** A display name before normalisation. */
export const nameSchema = v.pipe(v.string(), v.maxLength(200))

export const reactionKindSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_]{0,19}$/, '1 to 20 characters of a-z, 0-9 and _, the first a letter'),
)
