import type { Change, Comment, Delta, Thread } from '@repartee/sdk/protocol'
import { type Row, withComment, withGone, withReactions, withReplyCount } from './row.ts'

/** Everything the service has said about a thread, whether it is drawn or not. */
export type ServerState = {
  readonly rows: ReadonlyMap<string, Row>
  readonly commentCount: number
  readonly commentCountAt: number
  readonly closed: boolean
  readonly closedSeq: number
}

export const emptyServerState: ServerState = {
  rows: new Map(),
  commentCount: 0,
  commentCountAt: -1,
  closed: false,
  closedSeq: -1,
}

type CommentChange = Exclude<Change, { type: 'thread' }>

const idOf = (change: CommentChange): string => (change.type === 'comment' ? change.comment.id : change.id)

const changeRow = (row: Row | undefined, change: CommentChange, at: number): Row => {
  if (change.type === 'comment') return withComment(row, change.comment, at)
  return change.type === 'reactions' ? withReactions(row, change.reactions, change.seq) : withGone(row, change.seq)
}

/** Apply a delta. Deltas may come in any order and more than once: the newest value of each part wins. */
export const applyDelta = (state: ServerState, delta: Delta): ServerState => {
  const rows = new Map(state.rows)
  let { commentCount, commentCountAt, closed, closedSeq } = state
  for (const change of delta.changes) {
    if (change.type !== 'thread') rows.set(idOf(change), changeRow(rows.get(idOf(change)), change, delta.to))
    else if (change.seq > closedSeq) {
      closed = change.closed
      closedSeq = change.seq
    }
  }
  for (const [id, count] of Object.entries(delta.replyCounts))
    rows.set(id, withReplyCount(rows.get(id), count, delta.to))
  if (delta.to > commentCountAt) {
    commentCount = delta.commentCount
    commentCountAt = delta.to
  }
  return { rows, commentCount, commentCountAt, closed, closedSeq }
}

/** Add the comments of a response. `at` is the thread's counter when it was made, or 0 if it does not say. */
export const mergeComments = (state: ServerState, comments: readonly Comment[], at: number): ServerState => {
  const rows = new Map(state.rows)
  for (const comment of comments) rows.set(comment.id, withComment(rows.get(comment.id), comment, at))
  return { ...state, rows }
}

/** Add what a snapshot says about the thread itself. */
export const mergeThread = (state: ServerState, thread: Thread): ServerState => ({
  ...state,
  ...(thread.head > state.commentCountAt && { commentCount: thread.commentCount, commentCountAt: thread.head }),
  ...(thread.head > state.closedSeq && { closed: thread.closed, closedSeq: thread.head }),
})
