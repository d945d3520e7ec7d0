import type { ConnectionState } from '@repartee/sdk'
import type { Author, Comment, ErrorCode, Presence, SitePublic, Sort } from '@repartee/sdk/protocol'
import type { Messages } from './i18n/messages.ts'

/** One comment as drawn, with its visible children in order. */
export type CommentNode = {
  readonly comment: Comment
  readonly children: readonly CommentNode[]
  /** The reaction kinds this reader chose. */
  readonly mine: readonly string[]
  /** Written by this reader. */
  readonly own: boolean
  /** Own, not deleted, and its time to edit has not run out. */
  readonly editable: boolean
  /** Arrived live and not yet seen: gets a quiet highlight once. */
  readonly fresh: boolean
  /** Its deletion was asked for and can still be undone. */
  readonly leaving: boolean
  /** This reader's replies to it that are not stored yet. */
  readonly outbox: readonly OutboxEntry[]
  /** Only on roots: replies the service has and this view has not loaded. */
  readonly hiddenReplies: number
  readonly loadingReplies: boolean
}

/** A comment of this reader that is not acknowledged yet, or waits for approval. */
export type OutboxEntry = {
  readonly key: string
  readonly parentId: string | null
  readonly body: string
  /** The service's rendering when there is one; else the body is shown as plain text. */
  readonly html: string | null
  /** `pending` is stored and awaits approval. */
  readonly state: 'sending' | 'pending' | 'failed'
  /** Why it failed. */
  readonly error: ErrorCode | null
  readonly createdAt: number
}

/** Everything that may be read or asked of a thread. Fields are as of now; methods never need `this`. */
export type ThreadView = {
  readonly phase: 'loading' | 'ready' | 'error'
  readonly error: ErrorCode | null
  readonly site: SitePublic | null
  readonly page: string
  readonly commentCount: number
  readonly closed: boolean
  /** `typing` excludes the reader. */
  readonly presence: Presence
  readonly connection: ConnectionState
  /** The service cannot reach what it stores: this is what it knew last. */
  readonly stale: boolean
  readonly sort: Sort
  readonly roots: readonly CommentNode[]
  readonly rootOutbox: readonly OutboxEntry[]
  readonly hasMore: boolean
  readonly loadingMore: boolean
  /** Comments that arrived and are held behind the "N new" pill. */
  readonly newCount: number
  readonly reader: Author | null
  /** The permalink's comment; it may stand in `linked` when it is not on a loaded page. */
  readonly focusedId: string | null
  /** The conversation of the permalink when it is outside the loaded pages. */
  readonly linked: CommentNode | null
  /** For the polite live region: batched, and never the text of a comment. */
  readonly announcement: string
  /** For role=alert: only the reader's own failures. */
  readonly alert: string
  /** Show the thread in another order, from its first page. */
  setSort(sort: Sort): Promise<void>
  loadMore(): Promise<void>
  loadReplies(rootId: string): Promise<void>
  /** Reveal the held comments; the caller moves the focus. */
  showNew(): void
  /** Load again after `phase` became `error`. */
  retryLoad(): Promise<void>
  /** Rejects with ReparteeError (`name_invalid`, `guests_not_allowed` …). */
  signIn(name: string): Promise<void>
  signOut(): Promise<void>
  /**
   * Resolves when the comment is stored, or cannot be now and its entry stays to be sent later: from then on the entry
   * alone shows the progress. Rejects with ReparteeError only for refusals the composer must show: the entry is removed then
   * and the draft kept.
   */
  send(draft: { parentId: string | null; body: string; name?: string }): Promise<void>
  /** Send a failed entry again under its own key. */
  retry(key: string): void
  /** Forget a failed entry. */
  discard(key: string): void
  /** Rejects with ReparteeError. */
  edit(id: string, body: string): Promise<void>
  /** The Markdown of an own comment, for the edit form. */
  source(id: string): Promise<string>
  /** Start the undo time, then delete; flushed when the page is left. */
  remove(id: string): void
  undoRemove(id: string): void
  /** Shown at once, rolled back when refused. */
  toggleReaction(id: string, kind: string): Promise<void>
  /** HTML of a draft, rendered by the service. */
  preview(body: string): Promise<string>
  /** Tell others that the reader is writing. */
  typing(): void
  /** The address of a comment on this page. */
  permalink(id: string): string
  /** Whether a new root was begun and not sent. */
  readonly hasDraft: boolean
  /** Load what writing takes, so that it works even if the connection is gone by then. Drafts are known from then on. */
  prepare(): Promise<void>
  /** The draft kept for a reply to `parentId`, or for a new root. */
  draft(parentId: string | null): { body: string }
  /** Debounced; kept across a reload and an outage. */
  saveDraft(parentId: string | null, body: string): void
}

/** A thread with what is needed to draw it. */
export type Ui = {
  readonly view: ThreadView
  readonly messages: Messages
  readonly lang: string
  readonly dir: 'ltr' | 'rtl'
  /** Ticks every half minute, for relative times. */
  now(): number
  /** Called after every change of the view, and when the time ticks. Returns how to stop. */
  subscribe(listener: () => void): () => void
}
