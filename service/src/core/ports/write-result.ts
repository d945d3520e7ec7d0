import type { StoredComment } from '../stored-comment.ts'

/** The result of a change to one thread: the changed rows, and the thread's `seq` before and after. */
export type WriteResult = {
  readonly from: number
  readonly to: number
  readonly comments: readonly StoredComment[]
  readonly commentCount: number
  /** `replyCount` of the parents and roots whose replies changed. */
  readonly replyCounts: Readonly<Record<string, number>>
  /** Present when the change closed or reopened the thread. */
  readonly closed?: boolean
  /** Present when the response was lost and the rows were read later: they may include more than this change. */
  readonly readBack?: true
}
