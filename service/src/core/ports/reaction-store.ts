import type { WriteResult } from './write-result.ts'

export type ReactionStore = {
  /** Add or remove a reader's reaction. `null` when nothing changed, or the comment is not listed or is deleted. */
  set(change: ReactionChange): Promise<WriteResult | null>
  /** The kinds one author reacted with, by comment id. */
  byAuthor(
    siteId: string,
    threadId: string,
    authorId: string,
    commentIds: readonly string[],
  ): Promise<Record<string, string[]>>
}

export type ReactionChange = {
  readonly siteId: string
  readonly threadId: string
  readonly commentId: string
  readonly authorId: string
  readonly kind: string
  /** Whether the reaction is to exist afterwards. */
  readonly on: boolean
  readonly nowAt: number
}
