import type { StoredComment } from '../stored-comment.ts'

/** What a change of one thread left behind: the rows as they are now, and the counter before and after. */
export type Written = {
  readonly from: number
  readonly to: number
  readonly comments: readonly StoredComment[]
  readonly commentCount: number
  /** `replyCount` of the parents and roots whose replies changed. */
  readonly replyCounts: Readonly<Record<string, number>>
  /** Present when the change closed the thread or opened it again. */
  readonly closed?: boolean
  /** Present when the answer was lost and read again later: the rows may hold more than this change. */
  readonly readBack?: true
}
