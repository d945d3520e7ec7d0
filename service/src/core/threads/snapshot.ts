import {
  cursorSchema,
  MAX_PAGE_LIMIT,
  newId,
  pageKeySchema,
  type Snapshot,
  sortSchema,
  type Viewer,
} from '@repartee/sdk/protocol'
import * as v from 'valibot'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { ThreadState } from '../ports.ts'
import { takeRate } from '../rate.ts'
import { toAuthor } from '../readers/to-author.ts'
import { publicSite } from '../site.ts'
import { ownComment, publicComment, type StoredComment } from '../stored-comment.ts'
import { fromCursor, toCursor } from './cursor.ts'
import type { Page } from './page-cache.ts'
import { cleanTitle, cleanUrl } from './page-facts.ts'

const DEFAULT_LIMIT = 25

/** Replies shown under each root before the reader asks for more. */
const FIRST_REPLIES = 3

/** Threads one network may bring into being; far above what people read, far below what a crawler would. */
const NEW_THREADS_PER_MINUTE = 60

export const snapshotInput = v.strictObject({
  page: pageKeySchema,
  sort: v.optional(sortSchema, 'newest'),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PAGE_LIMIT)), DEFAULT_LIMIT),
  cursor: v.optional(cursorSchema),
  url: v.optional(v.pipe(v.string(), v.maxLength(4_096))),
  title: v.optional(v.pipe(v.string(), v.maxLength(4_096))),
})
type Input = v.InferOutput<typeof snapshotInput>
type Needs = Pick<Deps, 'store' | 'pages' | 'limiter' | 'metrics' | 'now'>

const openThread = async (deps: Needs, actor: Actor, input: Input): Promise<ThreadState> => {
  const found = await deps.store.threads.findByPage(actor.site.id, input.page)
  if (found !== null) return found
  const key = `threads:${actor.site.id}:${actor.network}`
  await takeRate(deps, 'threads', [{ key, limit: NEW_THREADS_PER_MINUTE, windowMs: 60_000 }])
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

const readPage = async (deps: Needs, siteId: string, threadId: string, input: Input): Promise<Page> => {
  const after = input.cursor === undefined ? null : fromCursor(input.sort, input.cursor)
  const { sort, limit } = input
  const found = await deps.store.comments.roots({ siteId, threadId, sort, after, limit: limit + 1 })
  const roots = found.slice(0, limit)
  const last = roots.at(-1)
  const rootIds = roots.filter((root) => root.replyCount > 0).map((root) => root.id)
  const replies =
    rootIds.length === 0
      ? []
      : await deps.store.comments.firstReplies({ siteId, threadId, rootIds, limit: FIRST_REPLIES })
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
  const ids = page.comments.map((comment) => comment.id)
  const [reactions, pending] = await Promise.all([
    ids.length === 0 ? {} : deps.store.reactions.mine(site.id, threadId, reader.id, ids),
    deps.store.comments.pendingOf(site.id, threadId, reader.id),
  ])
  return { author: toAuthor(reader), reactions, pending: pending.map(ownComment) }
}

/**
 * Show a page's thread: one page of roots, each with its first replies, and the position to hear changes from. The
 * first visit opens the thread.
 */
export const snapshot = async (deps: Needs, actor: Actor, input: Input): Promise<Snapshot> => {
  const [epoch, thread] = await Promise.all([deps.store.epoch(), openThread(deps, actor, input)])
  const siteId = actor.site.id
  const { id, page: pageKey, head, commentCount, closed } = thread
  const { sort, limit } = input
  // The rows may be newer than `head`: changes a reader hears again leave the view as it is.
  const page = await deps.pages.get({ siteId, threadId: id, sort, cursor: input.cursor ?? null, limit, head }, () =>
    readPage(deps, siteId, id, input),
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
