import { type Delta, ReparteeError, type Snapshot, type Sort, type Subscription, type Thread } from '@repartee/sdk'
import { plural } from '../i18n/index.ts'
import { once } from '../once.ts'
import { createAnnouncer } from './announce.ts'
import { addComments, noFacts } from './apply.ts'
import { arrivalOf, receiveDelta } from './live.ts'
import type { Beyond } from './load-on-demand.ts'
import { receive, showHeld } from './scene.ts'
import { addSnapshot } from './snapshot.ts'
import type { Content, Store } from './store.ts'
import type { ThreadDeps } from './thread-deps.ts'

/** What the service gives at most with one request. */
const MAX_PAGE = 100

/** What failed or came from a saved copy is asked for again after 10 to 20 s: readers of one outage must not return at once. */
const RETRY_MS = 10_000

export type Reading = {
  /** Load the first page and listen from there; settles when that worked or failed. */
  load(): Promise<void>
  /** Load what is drawn again, in this order. */
  sortBy(sort: Sort): Promise<void>
  loadMore(): Promise<void>
  loadReplies(rootId: string): Promise<void>
  showNew(): void
  /** Bring a permalink's comment into view, with its ancestors when it is on no loaded page. */
  focus(id: string): Promise<void>
  /** Find out whether the service answers from a saved copy, and follow that until it does not. */
  check(): Promise<void>
  close(): void
}

/**
 * Fetches and follows a thread. `onNews`: a comment came that may be the reader's own unanswered one, or the service
 * can store comments again.
 */
export const createReading = (deps: ThreadDeps, store: Store, onNews: () => void): Reading => {
  const { client } = deps
  const closing = new AbortController()
  const { signal } = closing
  let subscription: Subscription | undefined
  let next: string | null = null
  let epoch = ''
  /** Counts the loads, so that an answer to an older question is dropped. */
  let turn = 0
  let retry: ReturnType<typeof setTimeout> | undefined

  const announcer = createAnnouncer((arrived) => {
    const texts = deps.messages()
    store.note({ announcement: arrived > 0 && texts ? plural(texts.newComments, arrived, deps.lang) : '' })
  })

  const set = (content: Content): void => {
    const before = store.content.facts.commentCount
    store.patch(content)
    if (content.facts.commentCount !== before || store.status.phase !== 'ready')
      deps.emit('count', { count: content.facts.commentCount })
  }

  const page = (sort: Sort, cursor: string | null, limit: number): Promise<Snapshot> =>
    client.snapshot({
      page: deps.page,
      url: deps.url,
      title: deps.title,
      sort,
      signal,
      ...(cursor !== null && { cursor }),
      ...(limit > 0 && { limit: Math.min(limit, MAX_PAGE) }),
    })

  let beyond: Beyond | undefined
  const loadBeyond = once(async () => {
    const chunk = await import('./load-on-demand.ts')
    beyond = chunk.createBeyond(client, store, signal)
    return beyond
  })

  const onDelta = (delta: Delta): void => {
    const before = store.content
    const content = receiveDelta(before, delta, deps.isEndOutOfSight())
    set(content)
    mark(false)
    const arrived = [...content.held, ...content.fresh].filter((id) => !before.held.has(id) && !before.fresh.has(id))
    if (arrived.length > 0) announcer.arrived(arrived.length)
    if (content.withheld.size > before.withheld.size) onNews()
  }

  const subscribe = (thread: Thread): void => {
    subscription?.close()
    epoch = thread.epoch
    subscription = client.subscribe(
      { thread: thread.id, since: thread.head, epoch },
      {
        onDelta,
        onReload: () => void reload(),
        onPresence: (presence) => store.note({ presence }),
      },
    )
  }

  /** Fetch as many roots as are wanted, at least a page, and draw them in place of what is drawn. */
  const install = async (sort: Sort, wanted: number, isReload: boolean): Promise<void> => {
    turn += 1
    const mine = turn
    const first = await page(sort, null, wanted)
    const pages = [first]
    const count = (): number => pages.flatMap(({ comments }) => comments).filter((c) => c.parentId === null).length
    let last = first
    while (count() < wanted && last.next !== null) {
      last = await page(sort, last.next, wanted - count())
      pages.push(last)
    }
    const expanded = (isReload && (await beyond?.again())) || []
    if (mine !== turn || signal.aborted) return

    const keep = !isReload && first.thread.epoch === epoch
    const { content } = store
    const cleared: Content = {
      ...content,
      facts: keep ? content.facts : noFacts,
      sort,
      shown: [],
      held: new Set(),
      fresh: new Set(),
      complete: keep ? content.complete : new Set(),
    }
    const loaded = pages.reduce((sum, one) => addSnapshot(sum, one, client.reader), cleared)
    const facts = addComments(loaded.facts, expanded, 0)
    // Heard of while the answer was under way, so it is in none of the pages.
    const late = [...facts.rows.values()].flatMap(({ comment }) =>
      comment && comment.parentId === null && comment.createdSeq > first.thread.head ? [comment] : [],
    )
    next = last.next
    set({ ...loaded, ...receive(loaded, late, arrivalOf(loaded, false)), facts })
    mark(pages.some(({ stale }) => stale))
    if (!keep) {
      store.note({ threadId: first.thread.id })
      subscribe(first.thread)
    }
  }

  /** Run something that asks the service; when the view was closed meanwhile nobody hears of it. */
  const quietly = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      if (!signal.aborted) throw error
    }
  }

  const again = (work: () => Promise<void>): void => {
    clearTimeout(retry)
    retry = setTimeout(() => void work(), RETRY_MS * (1 + Math.random()))
  }

  const mark = (stale: boolean): void => {
    const before = store.status.stale
    if (stale !== before) store.note({ stale })
    if (stale) again(check)
    else if (before) onNews()
  }

  const check = async (): Promise<void> => {
    try {
      const found = await page(store.content.sort, null, 0)
      // Its comments come as changes, which move nothing; only the reader's own part comes no other way.
      if (!found.stale) set(addSnapshot(store.content, { ...found, comments: [], next }, client.reader))
      mark(found.stale === true)
    } catch {
      if (store.status.stale && !signal.aborted) again(check)
    }
  }

  const load = (): Promise<void> =>
    quietly(async () => {
      try {
        await install(store.content.sort, 0, true)
        if (signal.aborted) return
        store.note({ phase: 'ready', error: null })
        deps.emit('ready', {})
      } catch (error) {
        if (signal.aborted) return
        const code = error instanceof ReparteeError ? error.code : 'internal'
        store.note({ phase: 'error', error: code })
        deps.emit('error', { code })
        if (error instanceof ReparteeError && error.retryable) again(load)
      }
    })

  /** The position is lost: what is drawn stays until what it has become is here. */
  const reload = async (): Promise<void> => {
    subscription?.close()
    const { focusedId, linkedRoot } = { ...store.status, ...store.content }
    try {
      await install(store.content.sort, store.content.shown.length, true)
      if (focusedId !== null && linkedRoot !== null) await beyond?.bring(focusedId)
    } catch {
      if (!signal.aborted) again(reload)
    }
  }

  return {
    load,
    sortBy: (sort) => quietly(() => install(sort, 0, false)),
    check,
    loadMore: () =>
      quietly(async () => {
        if (next === null || store.status.loadingMore) return
        const mine = turn
        store.note({ loadingMore: true })
        try {
          const more = await page(store.content.sort, next, 0)
          if (mine !== turn) return
          next = more.next
          set(addSnapshot(store.content, more, client.reader))
        } finally {
          store.note({ loadingMore: false })
        }
      }),
    loadReplies: (rootId) => quietly(async () => (await loadBeyond()).more(rootId)),
    showNew: () => store.patch(showHeld(store.content, store.content.facts.rows)),
    focus: (id) => quietly(async () => (await loadBeyond()).focus(id)),
    close() {
      closing.abort()
      clearTimeout(retry)
      announcer.close()
      subscription?.close()
    },
  }
}
