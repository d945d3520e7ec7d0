import type { Clock } from '../../core/ports/clock.ts'
import type { Store } from '../../core/ports/store.ts'
import { createAuthor } from './authors/create.ts'
import { findAuthor } from './authors/find.ts'
import { renameAuthor } from './authors/rename.ts'
import { createFollowers } from './cockroach/followers.ts'
import { findAncestors } from './comments/ancestors.ts'
import { listChangedSince } from './comments/changed-since.ts'
import { readCreateContext } from './comments/create-context.ts'
import { editComment } from './comments/edit.ts'
import { findComment } from './comments/find.ts'
import { listFirstReplies } from './comments/first-replies.ts'
import { insertComments } from './comments/insert.ts'
import { listPending } from './comments/pending.ts'
import { listPendingOf } from './comments/pending-of.ts'
import { removeComment } from './comments/remove.ts'
import { listReplies } from './comments/replies.ts'
import { readReplyCounts } from './comments/reply-counts.ts'
import { reviewComment } from './comments/review.ts'
import { listRoots } from './comments/roots.ts'
import { createCredential } from './credentials/create.ts'
import { findCredential } from './credentials/find.ts'
import { revokeCredential } from './credentials/revoke.ts'
import { rotateCredential } from './credentials/rotate.ts'
import type { Dialect } from './dialect.ts'
import { epoch } from './epoch.ts'
import { listMyReactions } from './reactions/mine.ts'
import { setReaction } from './reactions/set.ts'
import { reliable } from './retry.ts'
import { createSite } from './sites/create.ts'
import { findSiteByKey } from './sites/find-by-key.ts'
import { listSites } from './sites/list.ts'
import { readQueues } from './sites/queues.ts'
import { updateSite } from './sites/update.ts'
import type { Sql } from './sql.ts'
import { countThreads } from './threads/counts.ts'
import { findThread } from './threads/find.ts'
import { findThreadByPage } from './threads/find-by-page.ts'
import { readHeads } from './threads/heads.ts'
import { openThread } from './threads/open.ts'
import { setThreadClosed } from './threads/set-closed.ts'

type Options = {
  readonly dialect?: Dialect
  /** Only durations are measured with it. */
  readonly now?: Clock
}

/** The store over any database of the shared dialect whose migrations ran. */
export const createStore = (connection: Sql, { dialect = 'postgres', now = Date.now }: Options = {}): Store => {
  const sql = reliable(connection)
  const followers = createFollowers(sql, dialect, now)
  return {
    sites: {
      findByKey: findSiteByKey(sql),
      list: listSites(sql),
      create: createSite(sql),
      update: updateSite(sql),
      queues: readQueues(sql),
    },
    threads: {
      find: findThread(sql),
      findByPage: findThreadByPage(sql),
      open: openThread(sql),
      setClosed: setThreadClosed(sql),
      counts: countThreads(sql),
      heads: readHeads(sql),
    },
    comments: {
      find: findComment(sql),
      ancestors: findAncestors(sql),
      roots: listRoots(sql, followers),
      firstReplies: listFirstReplies(sql, followers),
      replies: listReplies(sql),
      changedSince: listChangedSince(sql),
      replyCounts: readReplyCounts(sql),
      pendingOf: listPendingOf(sql),
      pending: listPending(sql),
      createContext: readCreateContext(sql),
      // Changes of a thread bring their own retries, which also cover being overtaken.
      insert: insertComments(connection),
      edit: editComment(connection),
      remove: removeComment(connection),
      review: reviewComment(connection),
    },
    reactions: { set: setReaction(connection), mine: listMyReactions(sql) },
    authors: { create: createAuthor(sql), find: findAuthor(sql), rename: renameAuthor(sql) },
    credentials: {
      create: createCredential(sql),
      find: findCredential(sql),
      rotate: rotateCredential(sql),
      revoke: revokeCredential(sql),
    },
    epoch: epoch(sql),
  }
}
