import type { Clock } from '../../core/ports/clock.ts'
import type { Store } from '../../core/ports/store.ts'
import { accountStores } from './account-stores.ts'
import { createFollowers } from './cockroach/followers.ts'
import type { Dialect } from './dialect.ts'
import { epoch } from './epoch.ts'
import { createAuthor, findAuthor, renameAuthor } from './queries/author-queries.ts'
import {
  findAncestors,
  findComment,
  listChangedSince,
  listFirstReplies,
  listPending,
  listPendingByAuthor,
  listReplies,
  listRoots,
  readReplyCounts,
} from './queries/comment-queries.ts'
import { readCreateContext } from './queries/create-context.ts'
import { createCredential, findCredential, revokeCredential, rotateCredential } from './queries/credential-queries.ts'
import { insertComments } from './queries/insert-comments.ts'
import {
  addPages,
  claimChecks,
  forgetCheck,
  readBeacons,
  readChecks,
  recordBeacons,
  saveCheck,
} from './queries/installation-queries.ts'
import {
  addMail,
  claimMail,
  findMail,
  listFailedMail,
  markFailed,
  markSent,
  readMailBacklog,
  retryMail,
} from './queries/mail-queries.ts'
import { listReactionsByAuthor, setReaction } from './queries/reaction-queries.ts'
import { saveEdit } from './queries/save-edit.ts'
import { saveRemoval } from './queries/save-removal.ts'
import { saveReview } from './queries/save-review.ts'
import {
  countSealed,
  findServiceSecret,
  keepServiceSecret,
  nextKeyId,
  pageSealed,
  replaceSealed,
} from './queries/sealed-queries.ts'
import { deleteSite, deleteSomeOfSite, exportPage, listDueSites } from './queries/site-data-queries.ts'
import {
  createSite,
  findSiteByKey,
  listOwnedSites,
  listSites,
  readQueues,
  setSiteDeletesAt,
  updateSite,
} from './queries/site-queries.ts'
import {
  countThreads,
  findThread,
  findThreadByPage,
  openThread,
  readHeads,
  setThreadClosed,
} from './queries/thread-queries.ts'
import type { Sql } from './sql.ts'

type Options = {
  readonly dialect?: Dialect
  /** Used for durations only. */
  readonly now?: Clock
}

/** The store on any database that speaks our dialect and has been migrated. */
export const createStore = (sql: Sql, { dialect = 'postgres', now = Date.now }: Options = {}): Store => {
  const followers = createFollowers(sql, dialect, now)
  return {
    sites: {
      findByKey: findSiteByKey(sql),
      list: listSites(sql),
      create: createSite(sql),
      update: updateSite(sql),
      listOwned: listOwnedSites(sql),
      setDeletesAt: setSiteDeletesAt(sql),
      queues: readQueues(sql),
    },
    siteData: {
      page: exportPage(sql),
      deleteSome: deleteSomeOfSite(sql),
      deleteSite: deleteSite(sql),
      due: listDueSites(sql),
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
      pendingByAuthor: listPendingByAuthor(sql),
      pending: listPending(sql),
      createContext: readCreateContext(sql),
      insert: insertComments(sql),
      edit: saveEdit(sql),
      remove: saveRemoval(sql),
      review: saveReview(sql),
    },
    reactions: { set: setReaction(sql), byAuthor: listReactionsByAuthor(sql) },
    authors: { create: createAuthor(sql), find: findAuthor(sql), rename: renameAuthor(sql) },
    credentials: {
      create: createCredential(sql),
      find: findCredential(sql),
      rotate: rotateCredential(sql),
      revoke: revokeCredential(sql),
    },
    sealed: {
      nextKeyId: nextKeyId(sql),
      count: countSealed(sql),
      page: pageSealed(sql),
      replace: replaceSealed(sql),
      findSecret: findServiceSecret(sql),
      keepSecret: keepServiceSecret(sql),
    },
    mail: {
      add: addMail(sql),
      claim: claimMail(sql),
      sent: markSent(sql),
      failed: markFailed(sql),
      find: findMail(sql),
      listFailed: listFailedMail(sql),
      retry: retryMail(sql),
      backlog: readMailBacklog(sql),
    },
    ...accountStores(sql),
    installations: {
      recordBeacons: recordBeacons(sql),
      addPages: addPages(sql),
      readBeacons: readBeacons(sql),
      readChecks: readChecks(sql),
      saveCheck: saveCheck(sql),
      claimChecks: claimChecks(sql),
      forgetCheck: forgetCheck(sql),
    },
    epoch: epoch(sql),
  }
}
