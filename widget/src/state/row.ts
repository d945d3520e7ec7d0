import type { Comment } from '@repartee/sdk/protocol'

/**
 * Everything known of one comment id. Each part carries the counter it is valid for and only gives way to a newer one,
 * so facts may come in any order, twice, or from a cached page, and end in the same row.
 */
export type Row = {
  /** As drawn: its reactions and reply count are the newest known. `null`: gone, or not heard of yet. */
  readonly comment: Comment | null
  /** Kept after it is gone, so that what is below it keeps its place. */
  readonly parentId: string | null
  /** Of what the comment says, or of its going. */
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

const draw = (row: Row): Row =>
  row.comment && (row.comment.reactions !== row.reactions || row.comment.replyCount !== row.replyCount)
    ? { ...row, comment: { ...row.comment, reactions: row.reactions, replyCount: row.replyCount } }
    : row

/** Take a comment as the service showed it; `at` is the thread's counter its reply count is valid for. */
export const withComment = (row: Row = unknown, comment: Comment, at: number): Row => {
  const newer = comment.seq > row.seq
  // The same version again, but this time with the source only its author gets.
  const withSource = comment.seq === row.seq && row.comment?.body === undefined && comment.body !== undefined
  const newerReactions = comment.seq > row.reactionsSeq
  const newerCount = at > row.replyCountAt
  if (!newer && !newerReactions && !newerCount && !withSource) return row
  return draw({
    comment: newer || (withSource && row.comment) ? comment : row.comment,
    parentId: comment.parentId,
    seq: newer ? comment.seq : row.seq,
    reactions: newerReactions ? comment.reactions : row.reactions,
    reactionsSeq: newerReactions ? comment.seq : row.reactionsSeq,
    replyCount: newerCount ? comment.replyCount : row.replyCount,
    replyCountAt: newerCount ? at : row.replyCountAt,
  })
}

/** Readers no longer see it. */
export const withGone = (row: Row = unknown, seq: number): Row => (seq > row.seq ? { ...row, comment: null, seq } : row)

/** Take reaction totals. */
export const withReactions = (row: Row = unknown, reactions: Comment['reactions'], seq: number): Row =>
  seq > row.reactionsSeq ? draw({ ...row, reactions, reactionsSeq: seq }) : row

/** Take a reply count. */
export const withReplyCount = (row: Row = unknown, replyCount: number, at: number): Row =>
  at >= row.replyCountAt ? draw({ ...row, replyCount, replyCountAt: at }) : row
