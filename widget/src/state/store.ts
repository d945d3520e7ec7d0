import type { Author, Comment, ConnectionState, ErrorCode, Presence, SitePublic, Sort } from '@repartee/sdk'
import { type Facts, noFacts } from './apply.ts'
import type { Entry } from './outbox.ts'
import type { Scene } from './scene.ts'

/** A reader's reaction that is being sent, with the totals to show meanwhile. */
export type Choice = { readonly mine: readonly string[]; readonly reactions: Comment['reactions'] }

/** Everything the drawn tree is made of. */
export type Content = Scene & {
  readonly facts: Facts
  readonly reader: Author | null
  readonly site: SitePublic | null
  /** The reader's reactions as stored, by comment. */
  readonly mine: ReadonlyMap<string, readonly string[]>
  /** The reader's reactions that are being sent, by comment. */
  readonly choices: ReadonlyMap<string, Choice>
  readonly outbox: readonly Entry[]
  readonly leaving: ReadonlySet<string>
  readonly loadingReplies: ReadonlySet<string>
  /** Roots whose replies were all loaded once. */
  readonly complete: ReadonlySet<string>
}

/** What surrounds the tree. */
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
  patch(change: Partial<Content>): void
  note(change: Partial<Status>): void
  /** Called after every change. Returns how to stop. */
  subscribe(listener: () => void): () => void
}

/** A store that begins as nothing loaded. */
export const createStore = (sort: Sort, reader: Author | null, connection: ConnectionState): Store => {
  const listeners = new Set<() => void>()
  let content = emptyContent(sort, reader)
  let status = emptyStatus(connection)
  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    get content() {
      return content
    },
    get status() {
      return status
    },
    patch(change) {
      content = { ...content, ...change }
      tell()
    },
    note(change) {
      status = { ...status, ...change }
      tell()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const none: ReadonlySet<never> = new Set()

/** What a view knows before anything is loaded. */
export const emptyContent = (sort: Sort, reader: Author | null): Content => ({
  facts: noFacts,
  reader,
  site: null,
  mine: new Map(),
  choices: new Map(),
  outbox: [],
  leaving: none,
  loadingReplies: none,
  complete: none,
  sort,
  shown: [],
  held: none,
  withheld: none,
  deferred: none,
  fresh: none,
  linkedRoot: null,
  hasMore: false,
})

/** What surrounds it then. */
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
export const toggled = (ids: ReadonlySet<string>, id: string, present: boolean): ReadonlySet<string> => {
  const next = new Set(ids)
  if (present) next.add(id)
  else next.delete(id)
  return next
}

/** The comment as known now, if readers can see it. */
export const commentOf = (store: Store, id: string): Comment | null => store.content.facts.rows.get(id)?.comment ?? null
