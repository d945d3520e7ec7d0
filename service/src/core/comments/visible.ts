import type { Comment } from '@repartee/sdk/protocol'
import { type Actor, isStaff } from '../actor.ts'
import { ownComment, publicComment, type StoredComment } from '../stored-comment.ts'

/** Whether the actor may read a comment's source and see it while it is hidden: its author and moderators may. */
export const canReadSource = (actor: Actor, comment: StoredComment): boolean =>
  isStaff(actor) || actor.reader?.id === comment.authorId

/** Whether the actor may learn that a comment exists. */
export const isVisible = (actor: Actor, comment: StoredComment): boolean =>
  comment.listed || (comment.deletedAt === null && canReadSource(actor, comment))

/** The form of a visible comment that this actor gets. */
export const commentFor = (actor: Actor, comment: StoredComment): Comment =>
  canReadSource(actor, comment) ? ownComment(comment) : publicComment(comment)
