import { MAX_PAGE_LIMIT, newId, type Snapshot, type Sort, type Viewer } from '@repartee/sdk/protocol'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { noteVisit } from '../installation/note-visit.ts'
import type { ThreadState } from '../ports/thread-store.ts'
import { enforceRateLimit, threadRules } from '../rate-rules.ts'
import { readerReactions } from '../reactions/reader-reactions.ts'
import { toAuthor } from '../readers/to-author.ts'
import { publicSite } from '../site.ts'
import { ownComment, publicComment, type StoredComment } from '../stored-comment.ts'
import { fromCursor, toCursor } from './cursor.ts'
import type { Page } from './page-cache.ts'
import { cleanTitle, cleanUrl } from './page-metadata.ts'

const DEFAULT_LIMIT = 25

/** Replies included with each root. */
const FIRST_REPLIES = 3

/** A request for a page of a thread. The page's `url` and `title` are stored when its thread is created. */
export type SnapshotInput = {
  readonly page: string
  readonly sort?: Sort | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
  readonly url?: string | undefined
  readonly title?: string | undefined
}

/** Selects one page of a listing. */
type Listing = { readonly sort: Sort; readonly limit: number; readonly cursor: string | null }
type Needs = Pick<Deps, 'store' | 'pages' | 'staleSnapshots' | 'limiter' | 'metrics' | 'beacons' | 'now'>

const findOrCreateThread = async (deps: Needs, actor: Actor, input: SnapshotInput): Promise<ThreadState> => {
  const found = await deps.store.threads.findByPage(actor.site.id, input.page)
  if (found !== null) return found
  await enforceRateLimit(deps, 'threads', threadRules(actor))
  const nowAt = deps.now()
  return deps.store.threads.open({
    siteId: actor.site.id,
    id: newId(nowAt),
    page: input.page,
    url: cleanUrl(actor, input.url),
    title: cleanTitle(input.title),
    nowAt,
  })
}

const readPage = async (
  deps: Needs,
  siteId: string,
  { id: threadId, head: atLeast }: Pick<ThreadState, 'id' | 'head'>,
  listing: Listing,
): Promise<Page> => {
  const { sort, limit, cursor } = listing
  const after = cursor === null ? null : fromCursor(sort, cursor)
  const found = await deps.store.comments.roots({ siteId, threadId, sort, after, limit: limit + 1, atLeast })
  const roots = found.slice(0, limit)
  const last = roots.at(-1)
  const rootIds = roots.filter((root) => root.replyCount > 0).map((root) => root.id)
  const replies =
    rootIds.length === 0
      ? []
      : await deps.store.comments.firstReplies({ siteId, threadId, rootIds, limit: FIRST_REPLIES, atLeast })
  const byRoot = new Map<string, StoredComment[]>(roots.map((root) => [root.id, [root]]))
  for (const reply of replies) byRoot.get(reply.rootId)?.push(reply)
  return {
    comments: [...byRoot.values()].flat().map(publicComment),
    next: found.length > limit && last !== undefined ? toCursor(sort, last) : null,
  }
}

const viewerOf = async (deps: Needs, actor: Actor, threadId: string, page: Page): Promise<Viewer | undefined> => {
  const { reader, site } = actor
  if (reader === null) return undefined
  const [reactions, pending] = await Promise.all([
    readerReactions(deps, actor, threadId, page.comments),
    deps.store.comments.pendingByAuthor(site.id, threadId, reader.id),
  ])
  return { author: toAuthor(reader), reactions: reactions ?? {}, pending: pending.map(ownComment) }
}

const read = async (deps: Needs, actor: Actor, input: SnapshotInput, listing: Listing): Promise<Snapshot> => {
  const [epoch, thread] = await Promise.all([deps.store.epoch(), findOrCreateThread(deps, actor, input)])
  const siteId = actor.site.id
  const { id, page: pageKey, head, commentCount, closed } = thread
  // The rows may be newer than `head`. That is harmless: applying a change twice has no effect.
  const page = await deps.pages.get({ siteId, threadId: id, head, ...listing }, () =>
    readPage(deps, siteId, thread, listing),
  )
  const viewer = await viewerOf(deps, actor, id, page)
  return {
    site: publicSite(actor.site),
    thread: { id, page: pageKey, head, epoch, commentCount, closed },
    comments: [...page.comments],
    next: page.next,
    ...(viewer !== undefined && { viewer }),
  }
}

/**
 * The snapshot of a page's thread: one page of roots, each with its first replies, and the position to subscribe from.
 * The first visit creates the thread. While the database is unavailable, the last snapshot is returned, marked stale.
 */
export const readSnapshot = (deps: Needs, actor: Actor, input: SnapshotInput): Promise<Snapshot> => {
  const listing: Listing = {
    sort: input.sort ?? 'newest',
    limit: Math.min(input.limit ?? DEFAULT_LIMIT, MAX_PAGE_LIMIT),
    cursor: input.cursor ?? null,
  }
  noteVisit(deps, actor, input.url)
  const key = JSON.stringify([actor.site.id, input.page, listing.sort, listing.limit, listing.cursor])
  return deps.staleSnapshots.readOrStale(key, () => read(deps, actor, input, listing))
}
