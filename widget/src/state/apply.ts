import type { Change, Comment, Delta, Thread } from '@repartee/sdk/protocol'
import { type Row, withComment, withGone, withReactions, withReplyCount } from './row.ts'

/** What the service said of a thread so far, whatever of it is drawn. */
export type Facts = {
  readonly rows: ReadonlyMap<string, Row>
  readonly commentCount: number
  readonly commentCountAt: number
  readonly closed: boolean
  readonly closedSeq: number
}

export const noFacts: Facts = { rows: new Map(), commentCount: 0, commentCountAt: -1, closed: false, closedSeq: -1 }

const idOf = (change: Exclude<Change, { type: 'thread' }>): string =>
  change.type === 'comment' ? change.comment.id : change.id

const change = (row: Row | undefined, next: Exclude<Change, { type: 'thread' }>, at: number): Row => {
  if (next.type === 'comment') return withComment(row, next.comment, at)
  return next.type === 'reactions' ? withReactions(row, next.reactions, next.seq) : withGone(row, next.seq)
}

/** The facts after a delta. Deltas may be applied in any order and more than once: the newest of each part stays. */
export const applyDelta = (facts: Facts, delta: Delta): Facts => {
  const rows = new Map(facts.rows)
  let { commentCount, commentCountAt, closed, closedSeq } = facts
  for (const next of delta.changes) {
    if (next.type !== 'thread') rows.set(idOf(next), change(rows.get(idOf(next)), next, delta.to))
    else if (next.seq > closedSeq) {
      closed = next.closed
      closedSeq = next.seq
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

/** The facts with comments of an answer; `at` is the thread's counter the answer is valid for, 0 when it names none. */
export const addComments = (facts: Facts, comments: readonly Comment[], at: number): Facts => {
  const rows = new Map(facts.rows)
  for (const comment of comments) rows.set(comment.id, withComment(rows.get(comment.id), comment, at))
  return { ...facts, rows }
}

/** The facts with what a snapshot says of the thread itself. */
export const addThread = (facts: Facts, thread: Thread): Facts => ({
  ...facts,
  ...(thread.head > facts.commentCountAt && { commentCount: thread.commentCount, commentCountAt: thread.head }),
  ...(thread.head > facts.closedSeq && { closed: thread.closed, closedSeq: thread.head }),
})
