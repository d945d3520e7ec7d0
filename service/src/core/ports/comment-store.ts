import type { Role, Status } from '@repartee/sdk/protocol'
import type { Reader } from '../actor.ts'
import type { StoredComment } from '../stored-comment.ts'
import type { ThreadState } from './thread-store.ts'
import type { WriteResult } from './write-result.ts'

/** A position in a listing: the last row of the previous page. */
export type Position = { readonly createdSeq: number; readonly score: number }

export type NewComment = {
  readonly id: string
  readonly parentId: string | null
  readonly rootId: string
  readonly depth: number
  readonly authorId: string
  readonly authorName: string
  readonly authorRole: Role
  readonly key: string
  /** Digest of the request the key was first used for. */
  readonly keyDigest: string
  readonly status: Status
  readonly body: string
  readonly html: string
  /** Digest of the normalised text, to find duplicates. */
  readonly bodyDigest: string
  readonly createdAt: number
}

/** Everything that creating a comment needs to know beforehand, from one read. */
export type CreateContext = {
  readonly thread: ThreadState | null
  /** The author with their current name. */
  readonly author: Reader | null
  /** The comment this key has created. */
  readonly existing: { readonly comment: StoredComment; readonly keyDigest: string } | null
  readonly parent: StoredComment | null
  /** A recent comment of the same author with the same text, anywhere on the site. */
  readonly duplicateOf: string | null
  /** Approved comments of the author on the site; counted up to 1. */
  readonly approvedCount: number
}

export type CommentStore = {
  find(siteId: string, threadId: string, id: string): Promise<StoredComment | null>
  /** The comment's ancestors, root first; at most 50. */
  ancestors(siteId: string, threadId: string, comment: StoredComment): Promise<StoredComment[]>
  /**
   * Listed roots after a position, in the order of `sort`; keyset. The answer is current, or with `atLeast`, a head of
   * the thread, at least as new as that head.
   */
  roots(q: {
    siteId: string
    threadId: string
    sort: 'newest' | 'oldest' | 'top'
    after: Position | null
    limit: number
    atLeast?: number
  }): Promise<StoredComment[]>
  /** The first listed replies of each root, in order of creation, in one statement. `atLeast` as for `roots`. */
  firstReplies(q: {
    siteId: string
    threadId: string
    rootIds: readonly string[]
    limit: number
    atLeast?: number
  }): Promise<StoredComment[]>
  /** Listed replies of one conversation after a `createdSeq`, in order of creation; keyset. */
  replies(q: {
    siteId: string
    threadId: string
    rootId: string
    after: number
    limit: number
  }): Promise<StoredComment[]>
  /** Rows of any status with `seq` above `since`, in order of `seq`; keyset. */
  changedSince(q: { siteId: string; threadId: string; since: number; limit: number }): Promise<StoredComment[]>
  /** `replyCount` by comment id; comments without a listed reply may be absent. At most 1,000 ids. */
  replyCounts(siteId: string, threadId: string, ids: readonly string[]): Promise<Record<string, number>>
  /** Pending comments of one author in a thread, oldest first; at most 50. */
  pendingByAuthor(siteId: string, threadId: string, authorId: string): Promise<StoredComment[]>
  /** Pending comments of a site, oldest first, after an id; keyset. */
  pending(siteId: string, after: string | null, limit: number): Promise<StoredComment[]>

  createContext(q: {
    siteId: string
    threadId: string
    authorId: string
    key: string
    parentId: string | null
    bodyDigest: string
    /** Comments created before this time are no duplicates. */
    duplicatesSinceAt: number
  }): Promise<CreateContext>
  /**
   * Store comments of one thread in one statement, in this order. A comment is left out if its key exists, its thread is
   * closed, or its parent is hidden or deleted. `written.comments` has those stored; `null` when there are none.
   */
  insert(siteId: string, threadId: string, comments: readonly NewComment[]): Promise<WriteResult | null>
  /**
   * Replace the text of a comment that is not deleted, and keep the old text as a revision. An approved comment gets
   * `status`; any other keeps its own. `null` when there is no such comment.
   */
  edit(q: {
    siteId: string
    threadId: string
    id: string
    body: string
    html: string
    bodyDigest: string
    status: Status
    revisionId: string
    nowAt: number
  }): Promise<WriteResult | null>
  /** Delete a comment: erase its text and revisions. Listed replies keep it as a tombstone. `null` if already deleted. */
  remove(q: { siteId: string; threadId: string; id: string; nowAt: number }): Promise<WriteResult | null>
  /** Set the moderation status. `null` if the comment has it already or is deleted. */
  review(q: { siteId: string; threadId: string; id: string; status: Status }): Promise<WriteResult | null>
}
