import type { ConnectionState } from '@repartee/sdk'
import type { Author, Comment, ErrorCode, Presence, SitePublic, Sort } from '@repartee/sdk/protocol'
import type { Messages } from './i18n/messages.ts'

/** A comment as it is drawn, with its visible children in order. */
export type CommentNode = {
  readonly comment: Comment
  readonly children: readonly CommentNode[]
  /** The reaction kinds that this reader has chosen. */
  readonly mine: readonly string[]
  /** Written by this reader. */
  readonly own: boolean
  /** Own, not deleted, and still within its edit window. */
  readonly editable: boolean
  /** Arrived live and was not seen before. It is highlighted once. */
  readonly fresh: boolean
  /** It is about to be deleted, and that can still be undone. */
  readonly leaving: boolean
  /** This reader's replies to it that are not stored yet. */
  readonly outbox: readonly OutboxEntry[]
  /** Only on roots: how many replies this view has not loaded. */
  readonly hiddenReplies: number
  readonly loadingReplies: boolean
}

/** A comment of this reader that is not acknowledged yet, or awaits approval. */
export type OutboxEntry = {
  readonly key: string
  readonly parentId: string | null
  readonly body: string
  /** The service's rendering, if there is one. Otherwise the body is shown as plain text. */
  readonly html: string | null
  /** A `pending` comment is stored and awaits approval. */
  readonly state: 'sending' | 'pending' | 'failed'
  /** Why it failed. */
  readonly error: ErrorCode | null
  readonly createdAt: number
}

/**
 * The state of a thread, and everything that a reader can do with it. Fields always have the current value. Methods do
 * not use `this`.
 */
export type ThreadView = {
  readonly phase: 'loading' | 'ready' | 'error'
  readonly error: ErrorCode | null
  readonly site: SitePublic | null
  readonly page: string
  readonly commentCount: number
  readonly closed: boolean
  /** `typing` does not include the reader. */
  readonly presence: Presence
  readonly connection: ConnectionState
  /** The service cannot reach its database, and this is a saved copy. */
  readonly stale: boolean
  readonly sort: Sort
  readonly roots: readonly CommentNode[]
  readonly rootOutbox: readonly OutboxEntry[]
  readonly hasMore: boolean
  readonly loadingMore: boolean
  /** How many new comments are queued behind the "N new" pill. */
  readonly newCount: number
  readonly reader: Author | null
  /** The permalink's comment. It is in `linked` if it is not on a loaded page. */
  readonly focusedId: string | null
  /** The conversation of the permalink, if it is not on a loaded page. */
  readonly linked: CommentNode | null
  /** For the polite live region: batched, and never the text of a comment. */
  readonly announcement: string
  /** For role=alert: only the reader's own failures. */
  readonly alert: string
  /** Show the thread in another order, from its first page. */
  setSort(sort: Sort): Promise<void>
  loadMore(): Promise<void>
  loadReplies(rootId: string): Promise<void>
  /** Show the queued comments. The caller moves the focus. */
  showNew(): void
  /** Load again after `phase` has become `error`. */
  retryLoad(): Promise<void>
  /** Rejects with ReparteeError (`name_invalid`, `guests_not_allowed` …). */
  signIn(name: string): Promise<void>
  signOut(): Promise<void>
  /**
   * Resolves when the comment is stored, and also when it could not be stored yet: then its entry stays, and shows what
   * happens. Rejects with ReparteeError only for a refusal that the composer must show. The entry is removed then, and
   * the draft is kept.
   */
  send(draft: { parentId: string | null; body: string; name?: string }): Promise<void>
  /** Send a failed entry again, with its own key. */
  retry(key: string): void
  /** Remove a failed entry. */
  discard(key: string): void
  /** Rejects with ReparteeError. */
  edit(id: string, body: string): Promise<void>
  /** The Markdown source of an own comment, for the edit form. */
  source(id: string): Promise<string>
  /** Delete after the undo time, or at once when the reader leaves the page. */
  remove(id: string): void
  undoRemove(id: string): void
  /** Shown at once, and rolled back if it is refused. */
  toggleReaction(id: string, kind: string): Promise<void>
  /** The HTML that the service makes of a draft. */
  preview(body: string): Promise<string>
  /** Tell others that the reader is typing. */
  typing(): void
  /** The URL of a comment on this page. */
  permalink(id: string): string
  /** Whether there is a draft of a new root. */
  readonly hasDraft: boolean
  /** Load the code for the reader's actions, so that they work without a connection later. `draft` needs it. */
  prepare(): Promise<void>
  /** The draft of a reply to `parentId`, or of a new root. */
  draft(parentId: string | null): { body: string }
  /** Debounced. A draft survives a reload and an outage. */
  saveDraft(parentId: string | null, body: string): void
}

/** A thread, and what else is needed to draw it. */
export type Ui = {
  readonly view: ThreadView
  readonly messages: Messages
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  /** The time for relative times. It changes every half minute. */
  now(): number
  /** Called after every change of the view and of `now`. Returns a function that removes the listener. */
  subscribe(listener: () => void): () => void
}
