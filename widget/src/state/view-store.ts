import type { Author, Comment, ConnectionState, ErrorCode, Presence, SitePublic, Sort } from '@repartee/sdk'
import type { Entry } from './outbox-entry.ts'
import { emptyServerState, type ServerState } from './server-state.ts'
import type { Visibility } from './visibility.ts'

/** What the reader has chosen on a comment, and the totals to show with it. */
export type ReactionChoice = { readonly mine: readonly string[]; readonly reactions: Comment['reactions'] }

/** Everything the drawn tree is made of. */
export type Content = Visibility & {
  readonly serverState: ServerState
  readonly reader: Author | null
  readonly site: SitePublic | null
  /** The reader's stored reactions, by comment. */
  readonly ownReactions: ReadonlyMap<string, readonly string[]>
  /** The reader's reactions that are being sent, by comment. */
  readonly pendingReactions: ReadonlyMap<string, ReactionChoice>
  readonly outbox: readonly Entry[]
  /** Comments whose deletion can still be undone. */
  readonly leaving: ReadonlySet<string>
  readonly loadingReplies: ReadonlySet<string>
  /** Roots whose replies were all loaded once. */
  readonly fullyLoaded: ReadonlySet<string>
}

/** Everything drawn around the tree. */
export type Status = {
  readonly phase: 'loading' | 'ready' | 'error'
  readonly error: ErrorCode | null
  readonly threadId: string
  readonly presence: Presence
  readonly connection: ConnectionState
  readonly stale: boolean
  readonly loadingMore: boolean
  readonly focusedId: string | null
  readonly announcement: string
  readonly alert: string
}

/** The view's state, in two parts so that presence and typing do not rebuild the tree. */
export type Store = {
  readonly content: Content
  readonly status: Status
  updateContent(change: Partial<Content>): void
  updateStatus(change: Partial<Status>): void
  /** Called after every change. Returns a function that removes the listener. */
  subscribe(listener: () => void): () => void
}

/** Create a store in which nothing is loaded. */
export const createStore = (sort: Sort, reader: Author | null, connection: ConnectionState): Store => {
  const listeners = new Set<() => void>()
  let content = emptyContent(sort, reader)
  let status = emptyStatus(connection)
  const notify = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    get content() {
      return content
    },
    get status() {
      return status
    },
    updateContent(change) {
      content = { ...content, ...change }
      notify()
    },
    updateStatus(change) {
      status = { ...status, ...change }
      notify()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const none: ReadonlySet<never> = new Set()

/** The content before anything is loaded. */
export const emptyContent = (sort: Sort, reader: Author | null): Content => ({
  serverState: emptyServerState,
  reader,
  site: null,
  ownReactions: new Map(),
  pendingReactions: new Map(),
  outbox: [],
  leaving: none,
  loadingReplies: none,
  fullyLoaded: none,
  sort,
  shownRoots: [],
  queued: none,
  unconfirmed: none,
  unloaded: none,
  fresh: none,
  linkedRoot: null,
  hasMore: false,
})

/** The status before anything is loaded. */
const emptyStatus = (connection: ConnectionState): Status => ({
  phase: 'loading',
  error: null,
  threadId: '',
  presence: { count: 0, typing: [] },
  connection,
  stale: false,
  loadingMore: false,
  focusedId: null,
  announcement: '',
  alert: '',
})

/** The set with or without an id. */
export const withId = (ids: ReadonlySet<string>, id: string, isPresent: boolean): ReadonlySet<string> => {
  const next = new Set(ids)
  if (isPresent) next.add(id)
  else next.delete(id)
  return next
}

/** The comment as known now, if readers can see it. */
export const findComment = (store: Store, id: string): Comment | null =>
  store.content.serverState.rows.get(id)?.comment ?? null
