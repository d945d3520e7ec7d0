import type { Comment } from '@repartee/sdk/protocol'

/**
 * Everything known about one comment id. Each part has the counter it is valid for, and only a newer value replaces it.
 * Values may therefore come in any order, twice, or from a cached page, and the row ends up the same.
 */
export type Row = {
  /** The comment as drawn, with the newest reactions and reply count. `null` when it is gone or not known yet. */
  readonly comment: Comment | null
  /** Remembered after the comment is gone, so that its replies keep their place. */
  readonly parentId: string | null
  /** The counter of the comment's text, or of its disappearance. */
  readonly seq: number
  readonly reactions: Comment['reactions']
  readonly reactionsSeq: number
  readonly replyCount: number
  readonly replyCountAt: number
}

const unknown: Row = {
  comment: null,
  parentId: null,
  seq: -1,
  reactions: {},
  reactionsSeq: -1,
  replyCount: 0,
  replyCountAt: -1,
}

/** Give the row's comment the row's reactions and reply count. */
const updateComment = (row: Row): Row =>
  row.comment && (row.comment.reactions !== row.reactions || row.comment.replyCount !== row.replyCount)
    ? { ...row, comment: { ...row.comment, reactions: row.reactions, replyCount: row.replyCount } }
    : row

/** Add a comment as the service sent it. `at` is the thread's counter that its reply count is valid for. */
export const withComment = (row: Row = unknown, comment: Comment, at: number): Row => {
  const isNewer = comment.seq > row.seq
  // The same version as before, but now with the Markdown source, which only its author gets.
  const addsSource = comment.seq === row.seq && row.comment?.body === undefined && comment.body !== undefined
  const hasNewerReactions = comment.seq > row.reactionsSeq
  const hasNewerCount = at > row.replyCountAt
  if (!isNewer && !hasNewerReactions && !hasNewerCount && !addsSource) return row
  return updateComment({
    comment: isNewer || (addsSource && row.comment) ? comment : row.comment,
    parentId: comment.parentId,
    seq: isNewer ? comment.seq : row.seq,
    reactions: hasNewerReactions ? comment.reactions : row.reactions,
    reactionsSeq: hasNewerReactions ? comment.seq : row.reactionsSeq,
    replyCount: hasNewerCount ? comment.replyCount : row.replyCount,
    replyCountAt: hasNewerCount ? at : row.replyCountAt,
  })
}

/** Readers no longer see the comment. */
export const withGone = (row: Row = unknown, seq: number): Row => (seq > row.seq ? { ...row, comment: null, seq } : row)

/** Set the reaction totals. */
export const withReactions = (row: Row = unknown, reactions: Comment['reactions'], seq: number): Row =>
  seq > row.reactionsSeq ? updateComment({ ...row, reactions, reactionsSeq: seq }) : row

/** Set the reply count. */
export const withReplyCount = (row: Row = unknown, replyCount: number, at: number): Row =>
  at >= row.replyCountAt ? updateComment({ ...row, replyCount, replyCountAt: at }) : row
