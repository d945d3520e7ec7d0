import { type Delta, ReparteeError, type Snapshot, type Sort, type Subscription, type Thread } from '@repartee/sdk'
import { plural } from '../i18n/index.ts'
import { once } from '../once.ts'
import { createAnnouncer } from './announcer.ts'
import { codeOf } from './code-of.ts'
import { applyLiveDelta, arrivalContext } from './live-delta.ts'
import type { OnDemandLoader } from './load-on-demand.ts'
import { mergeSnapshot } from './merge-snapshot.ts'
import { emptyServerState, mergeComments } from './server-state.ts'
import type { ThreadDeps } from './thread-deps.ts'
import type { Content, Store } from './view-store.ts'
import { placeArrivals, showQueued } from './visibility.ts'

/** The most comments that the service returns for one request. */
const MAX_PAGE = 100

/** What failed, or came from a saved copy, is requested again after 10 to 20 s: not by all readers at the same time. */
const RETRY_MS = 10_000

export type ThreadSync = {
  /** Load the first page and subscribe from there. Resolves when that has succeeded or failed. */
  load(): Promise<void>
  /** Load the thread in another order, from its first page. */
  sortBy(sort: Sort): Promise<void>
  loadMore(): Promise<void>
  loadReplies(rootId: string): Promise<void>
  showNew(): void
  /** Bring a permalink's comment into view. Its ancestors are loaded if it is on no loaded page. */
  focus(id: string): Promise<void>
  /** Find out whether the service answers from a saved copy. If so, ask again until it does not. */
  checkStale(): Promise<void>
  close(): void
}

/**
 * Loads a thread and keeps it up to date. `onResendUseful` is called when the reader's unanswered comments are worth
 * sending again: one of them may have arrived, or the service can store comments again.
 */
export const createThreadSync = (deps: ThreadDeps, store: Store, onResendUseful: () => void): ThreadSync => {
  const { client } = deps
  const closing = new AbortController()
  const { signal } = closing
  let subscription: Subscription | undefined
  let next: string | null = null
  let epoch = ''
  /** Counts the loads, so that the answer to an outdated one is dropped. */
  let generation = 0
  let retryTimer: ReturnType<typeof setTimeout> | undefined

  const announcer = createAnnouncer((count) => {
    const texts = deps.messages()
    store.updateStatus({ announcement: count > 0 && texts ? plural(texts.newComments, count, deps.lang) : '' })
  })

  const setContent = (content: Content): void => {
    const { commentCount } = content.serverState
    const isNews = commentCount !== store.content.serverState.commentCount
    store.updateContent(content)
    if (isNews || store.status.phase !== 'ready') deps.emit('count', { count: commentCount })
  }

  const fetchPage = (sort: Sort, cursor: string | null, limit: number): Promise<Snapshot> =>
    client.getSnapshot({
      page: deps.page,
      url: deps.url,
      title: deps.title,
      sort,
      signal,
      cursor: cursor ?? undefined,
      limit: limit > 0 ? Math.min(limit, MAX_PAGE) : undefined,
    })

  let onDemand: OnDemandLoader | undefined
  const loadOnDemand = once(async () => {
    const chunk = await import('./load-on-demand.ts')
    onDemand = chunk.createOnDemandLoader(client, store, signal)
    return onDemand
  })

  const onDelta = (delta: Delta): void => {
    const before = store.content
    const content = applyLiveDelta(before, delta, deps.isEndOutOfSight())
    setContent(content)
    setStale(false)
    const arrived = [...content.queued, ...content.fresh].filter(
      (id) => !before.queued.has(id) && !before.fresh.has(id),
    )
    if (arrived.length > 0) announcer.add(arrived.length)
    if (content.unconfirmed.size > before.unconfirmed.size) onResendUseful()
  }

  const subscribe = (thread: Thread): void => {
    subscription?.close()
    epoch = thread.epoch
    subscription = client.subscribe(
      { thread: thread.id, since: thread.head, epoch },
      {
        onDelta,
        onReload: () => void reload(),
        onPresence: (presence) => store.updateStatus({ presence }),
      },
    )
  }

  /** Load at least `wanted` roots, and at least a page, and draw them in place of what is drawn. */
  const loadPages = async (sort: Sort, wanted: number, isReload: boolean): Promise<void> => {
    generation += 1
    const own = generation
    const first = await fetchPage(sort, null, wanted)
    const pages = [first]
    const rootCount = (): number => pages.flatMap(({ comments }) => comments).filter((c) => c.parentId === null).length
    let last = first
    while (rootCount() < wanted && last.next !== null) {
      last = await fetchPage(sort, last.next, wanted - rootCount())
      pages.push(last)
    }
    const expanded = (isReload && (await onDemand?.reloadAll())) || []
    if (own !== generation || signal.aborted) return

    const isSameHistory = !isReload && first.thread.epoch === epoch
    const { content } = store
    const cleared: Content = {
      ...content,
      serverState: isSameHistory ? content.serverState : emptyServerState,
      sort,
      shownRoots: [],
      queued: new Set(),
      fresh: new Set(),
      fullyLoaded: isSameHistory ? content.fullyLoaded : new Set(),
    }
    const loaded = pages.reduce((merged, page) => mergeSnapshot(merged, page, client.reader), cleared)
    const serverState = mergeComments(loaded.serverState, expanded, 0)
    // These arrived while the pages were being loaded, and so they are on none of them.
    const late = [...serverState.rows.values()].flatMap(({ comment }) =>
      comment && comment.parentId === null && comment.createdSeq > first.thread.head ? [comment] : [],
    )
    next = last.next
    setContent({ ...loaded, ...placeArrivals(loaded, late, arrivalContext(loaded, false)), serverState })
    setStale(pages.some(({ stale }) => stale))
    if (!isSameHistory) {
      store.updateStatus({ threadId: first.thread.id })
      subscribe(first.thread)
    }
  }

  /** Run a request of the reader. An error after the view was closed is dropped. */
  const untilClosed = async (task: () => Promise<void>): Promise<void> => {
    try {
      await task()
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  const scheduleRetry = (task: () => Promise<void>): void => {
    clearTimeout(retryTimer)
    retryTimer = setTimeout(() => void task(), RETRY_MS * (1 + Math.random()))
  }

  const setStale = (stale: boolean): void => {
    const wasStale = store.status.stale
    if (stale !== wasStale) store.updateStatus({ stale })
    if (stale) scheduleRetry(checkStale)
    else if (wasStale) onResendUseful()
  }

  const checkStale = async (): Promise<void> => {
    try {
      const page = await fetchPage(store.content.sort, null, 0)
      // Its comments arrive as changes, which move nothing. Only the reader's own part arrives in no other way.
      if (!page.stale) setContent(mergeSnapshot(store.content, { ...page, comments: [], next }, client.reader))
      setStale(page.stale === true)
    } catch {
      if (store.status.stale && !signal.aborted) scheduleRetry(checkStale)
    }
  }

  const load = (): Promise<void> =>
    untilClosed(async () => {
      try {
        await loadPages(store.content.sort, 0, true)
        if (signal.aborted) return
        store.updateStatus({ phase: 'ready', error: null })
        deps.emit('ready', {})
      } catch (error) {
        if (signal.aborted) return
        const code = codeOf(error)
        store.updateStatus({ phase: 'error', error: code })
        deps.emit('error', { code })
        if (error instanceof ReparteeError && error.retryable) scheduleRetry(load)
      }
    })

  /** The position was lost. What is drawn stays until the new pages are here. */
  const reload = async (): Promise<void> => {
    subscription?.close()
    const { focusedId, linkedRoot } = { ...store.status, ...store.content }
    try {
      await loadPages(store.content.sort, store.content.shownRoots.length, true)
      if (focusedId !== null && linkedRoot !== null) await onDemand?.ensureDrawn(focusedId)
    } catch {
      if (!signal.aborted) scheduleRetry(reload)
    }
  }

  return {
    load,
    sortBy: (sort) => untilClosed(() => loadPages(sort, 0, false)),
    checkStale,
    loadMore: () =>
      untilClosed(async () => {
        if (next === null || store.status.loadingMore) return
        const own = generation
        store.updateStatus({ loadingMore: true })
        try {
          const page = await fetchPage(store.content.sort, next, 0)
          if (own !== generation) return
          next = page.next
          setContent(mergeSnapshot(store.content, page, client.reader))
        } finally {
          store.updateStatus({ loadingMore: false })
        }
      }),
    loadReplies: (rootId) => untilClosed(async () => (await loadOnDemand()).loadMore(rootId)),
    showNew: () => store.updateContent(showQueued(store.content, store.content.serverState.rows)),
    focus: (id) => untilClosed(async () => (await loadOnDemand()).focus(id)),
    close() {
      closing.abort()
      clearTimeout(retryTimer)
      announcer.close()
      subscription?.close()
    },
  }
}
