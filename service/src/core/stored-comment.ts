import type { Comment, Role, Status } from '@repartee/sdk/protocol'
import { NIL_ID } from './nil-id.ts'

/** A comment as stored, including what other readers must not see. */
export type StoredComment = {
  readonly id: string
  readonly threadId: string
  readonly parentId: string | null
  readonly rootId: string
  readonly depth: number
  readonly authorId: string
  /** The name when the comment was written; a later rename does not change it. */
  readonly authorName: string
  readonly authorRole: Role
  readonly seq: number
  readonly createdSeq: number
  readonly status: Status
  readonly body: string
  readonly html: string
  readonly score: number
  readonly reactions: Readonly<Record<string, number>>
  readonly replyCount: number
  readonly pinned: boolean
  /** Whether readers see it: approved, and not deleted unless it stays as a tombstone. */
  readonly listed: boolean
  /** Whether readers ever saw it, and so must hear that it is hidden. */
  readonly published: boolean
  readonly createdAt: number
  readonly editedAt: number | null
  readonly deletedAt: number | null
}

/** The wire form for readers: without source text, and without content once deleted. */
export const publicComment = (comment: StoredComment): Comment => ({
  id: comment.id,
  threadId: comment.threadId,
  parentId: comment.parentId,
  rootId: comment.rootId,
  depth: comment.depth,
  seq: comment.seq,
  createdSeq: comment.createdSeq,
  author:
    comment.deletedAt === null
      ? { id: comment.authorId, name: comment.authorName, role: comment.authorRole }
      : { id: NIL_ID, name: '' },
  html: comment.deletedAt === null ? comment.html : '',
  status: comment.status,
  createdAt: comment.createdAt,
  ...(comment.editedAt !== null && comment.deletedAt === null && { editedAt: comment.editedAt }),
  ...(comment.deletedAt !== null && { deletedAt: comment.deletedAt }),
  reactions: comment.deletedAt === null ? comment.reactions : {},
  replyCount: comment.replyCount,
  pinned: comment.pinned,
})

/** The wire form for the comment's author and for moderators. */
export const ownComment = (comment: StoredComment): Comment =>
  comment.deletedAt === null ? { ...publicComment(comment), body: comment.body } : publicComment(comment)
