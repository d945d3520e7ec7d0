import type { Delta, Presence, Role, Status } from '@repartee/sdk/protocol'
import type { Reader } from './actor.ts'
import type { Site } from './site.ts'
import type { StoredComment } from './stored-comment.ts'

/**
 * What the core needs from the outside. Methods take ids and values and answer domain types or `null`, never rows.
 * Every store method is one SQL statement; those that change a thread take its next `seq` in that same statement.
 * A store that cannot be reached rejects with `ReparteeError('unavailable')`.
 */
export type Store = {
  readonly sites: SiteStore
  readonly threads: ThreadStore
  readonly comments: CommentStore
  readonly reactions: ReactionStore
  readonly authors: AuthorStore
  readonly credentials: CredentialStore
  /** Identity of this database's history; a restored backup has a new one. */
  epoch(): Promise<string>
}

export type SiteStore = {
  findByKey(publicKey: string): Promise<Site | null>
  list(after: string | null, limit: number): Promise<Site[]>
  /** `null` when the public key is taken. */
  create(site: Site): Promise<Site | null>
  update(siteId: string, change: Pick<Site, 'name' | 'origins' | 'settings'>): Promise<Site | null>
  /** What waits for moderators in each of the sites after an id; keyset by site. */
  queues(after: string | null, limit: number): Promise<SiteQueue[]>
}

export type SiteQueue = {
  readonly siteId: string
  /** Counted up to 1,000. */
  readonly pending: number
  /** Since when the one that waits longest does; `null` when none does. */
  readonly oldestAt: number | null
}

export type ThreadState = {
  readonly id: string
  readonly page: string
  readonly url: string
  readonly title: string
  readonly closed: boolean
  readonly head: number
  readonly commentCount: number
  /** The `seq` at which `closed` last changed. */
  readonly stateSeq: number
}

export type ThreadStore = {
  find(siteId: string, threadId: string): Promise<ThreadState | null>
  findByPage(siteId: string, page: string): Promise<ThreadState | null>
  /** Create the page's thread, or find the one that is there. Idempotent. */
  open(thread: {
    siteId: string
    id: string
    page: string
    url: string
    title: string
    nowAt: number
  }): Promise<ThreadState>
  setClosed(siteId: string, threadId: string, closed: boolean): Promise<ThreadState | null>
  /** Visible comments by page key; pages without a thread are absent. */
  counts(siteId: string, pages: readonly string[]): Promise<Record<string, number>>
  /** Heads of threads this node serves, for sweeps; at most 500 pairs. */
  heads(threads: readonly ThreadRef[]): Promise<(ThreadRef & { readonly head: number })[]>
}

export type ThreadRef = { readonly siteId: string; readonly threadId: string }

/** A place in a listing: the last row of the page before. */
export type Position = { readonly createdSeq: number; readonly score: number }

/** What a change of one thread left behind: the rows as they are now, and the counter before and after. */
export type Written = {
  readonly from: number
  readonly to: number
  readonly comments: readonly StoredComment[]
  readonly commentCount: number
  /** `replyCount` of the parents and roots whose replies changed. */
  readonly replyCounts: Readonly<Record<string, number>>
  /** Present when the change closed the thread or opened it again. */
  readonly closed?: boolean
  /** Present when the answer was lost and read again later: the rows may hold more than this change. */
  readonly readBack?: true
}

export type NewComment = {
  readonly id: string
  readonly parentId: string | null
  readonly rootId: string
  readonly depth: number
  readonly authorId: string
  readonly authorName: string
  readonly authorRole: Role
  readonly key: string
  /** Digest of what the key was first used for. */
  readonly keyDigest: string
  readonly status: Status
  readonly body: string
  readonly html: string
  /** Digest of the normalised text, to recognise repetition. */
  readonly bodyDigest: string
  readonly createdAt: number
}

/** All that creating a comment must know beforehand, from one read. */
export type CreateContext = {
  readonly thread: ThreadState | null
  /** The comment this key made before. */
  readonly existing: { readonly comment: StoredComment; readonly keyDigest: string } | null
  readonly parent: StoredComment | null
  /** A recent comment of the same author with the same text, anywhere on the site. */
  readonly duplicateOf: string | null
  /** Approved comments of the author on the site; counted up to 1. */
  readonly approvedCount: number
}

export type CommentStore = {
  find(siteId: string, threadId: string, id: string): Promise<StoredComment | null>
  /** The comment's ancestors, root first; at most 50. */
  ancestors(siteId: string, threadId: string, comment: StoredComment): Promise<StoredComment[]>
  /**
   * Listed roots after a position, in the order of `sort`; keyset. With `atLeast`, a head of the thread, the answer may be
   * as old as that and never older; without it, it is of now.
   */
  roots(q: {
    siteId: string
    threadId: string
    sort: 'newest' | 'oldest' | 'top'
    after: Position | null
    limit: number
    atLeast?: number
  }): Promise<StoredComment[]>
  /** The first listed replies of each root, in order of creation, in one statement. `atLeast` as for `roots`. */
  firstReplies(q: {
    siteId: string
    threadId: string
    rootIds: readonly string[]
    limit: number
    atLeast?: number
  }): Promise<StoredComment[]>
  /** Listed replies of one conversation after a `createdSeq`, in order of creation; keyset. */
  replies(q: {
    siteId: string
    threadId: string
    rootId: string
    after: number
    limit: number
  }): Promise<StoredComment[]>
  /** Rows of any status with `seq` above `since`, in order of `seq`; keyset. */
  changedSince(q: { siteId: string; threadId: string; since: number; limit: number }): Promise<StoredComment[]>
  /** `replyCount` of the comments named; those without a listed reply may be absent. At most 1,000 ids. */
  replyCounts(siteId: string, threadId: string, ids: readonly string[]): Promise<Record<string, number>>
  /** Pending comments of one author in a thread, oldest first; at most 50. */
  pendingOf(siteId: string, threadId: string, authorId: string): Promise<StoredComment[]>
  /** Pending comments of a site, oldest first, after an id; keyset. */
  pending(siteId: string, after: string | null, limit: number): Promise<StoredComment[]>

  createContext(q: {
    siteId: string
    threadId: string
    authorId: string
    key: string
    parentId: string | null
    bodyDigest: string
    /** Comments created before this time are no duplicates. */
    duplicatesSinceAt: number
  }): Promise<CreateContext>
  /**
   * Store comments of one thread in one statement, in this order. A row whose key exists, whose thread is closed or
   * whose parent is no longer listed and undeleted is left out; `written.comments` holds those stored. `null` when none was.
   */
  insert(siteId: string, threadId: string, comments: readonly NewComment[]): Promise<Written | null>
  /**
   * Replace the text of an undeleted comment and keep the old text as a revision. `status` is what an approved comment
   * becomes; one that waits or was decided on stays as it is. `null` when there is none.
   */
  edit(q: {
    siteId: string
    threadId: string
    id: string
    body: string
    html: string
    bodyDigest: string
    status: Status
    revisionId: string
    nowAt: number
  }): Promise<Written | null>
  /** Delete: blank the text and its revisions; listed replies keep it as a tombstone. `null` when it was deleted already. */
  remove(q: { siteId: string; threadId: string; id: string; nowAt: number }): Promise<Written | null>
  /** Set the moderation status. `null` when it has that status already or is deleted. */
  review(q: { siteId: string; threadId: string; id: string; status: Status }): Promise<Written | null>
}

export type ReactionStore = {
  /** Add or remove one reader's reaction. `null` when nothing changed, or the comment is not listed or is deleted. */
  set(q: {
    siteId: string
    threadId: string
    commentId: string
    authorId: string
    kind: string
    on: boolean
    nowAt: number
  }): Promise<Written | null>
  /** One reader's kinds by comment id, for the comments named. */
  mine(
    siteId: string,
    threadId: string,
    authorId: string,
    commentIds: readonly string[],
  ): Promise<Record<string, string[]>>
}

export type AuthorStore = {
  create(author: { siteId: string; id: string; name: string; role: Role; nowAt: number }): Promise<void>
  find(siteId: string, id: string): Promise<Reader | null>
  rename(siteId: string, id: string, name: string): Promise<void>
}

export type Credential = {
  readonly id: string
  readonly authorId: string
  readonly secretHash: string
  /** The hash replaced by the last rotation, good for a short while in case the answer was lost. */
  readonly previousHash: string | null
  readonly rotatedAt: number
  readonly expiresAt: number
}

export type CredentialStore = {
  create(siteId: string, credential: Credential): Promise<void>
  find(siteId: string, id: string): Promise<Credential | null>
  /** Compare and swap on `secretHash`; `false` when another rotation came first. */
  rotate(
    siteId: string,
    id: string,
    change: { from: string; to: string; nowAt: number; expiresAt: number },
  ): Promise<boolean>
  revoke(siteId: string, id: string): Promise<void>
}

/** Tells everybody who listens to a thread what was committed. Called in commit order, never before the commit. */
export type Publisher = { publish(siteId: string, delta: Delta): void }

/** Messages between nodes: they may be lost or come twice, unordered between publishers. A node does not hear itself. */
export type Bus = {
  publish(topic: string, message: string): void
  /** Returns the function that stops listening. */
  subscribe(topic: string, listener: (message: string) => void): () => void
  /** Whether messages are being lost just now, so that hubs should look at the database more often. */
  degraded(): boolean
  /**
   * Call back each time messages may have been lost, once when that is noticed and once when they flow again, so that
   * hubs look at the database then; returns the function that stops it.
   */
  onGap(listener: () => void): () => void
  /**
   * Resolves once messages of a topic with listeners arrive, so that what is read from then on has no gap to what is heard.
   * Does not wait while messages are being lost anyway, and never rejects.
   */
  listening(topic: string): Promise<void>
  close(): Promise<void>
}

/** Who has a thread open. Ephemeral: entries not renewed within 60 s are forgotten. */
export type PresenceStore = {
  /** Also renews. `visitor` is what is counted: several connections of one visitor are one. */
  join(topic: string, connection: string, visitor: string): Promise<void>
  leave(topic: string, connection: string): Promise<void>
  /** Forgotten after 6 s. */
  typing(topic: string, visitor: string, name: string): Promise<void>
  /** Names of those writing, without `visitor`s given here, at most five. */
  state(topic: string): Promise<Presence>
}

export type RateRule = {
  readonly key: string
  /** What rules taken together have in common, such as their site: their state is kept in one place. */
  readonly scope?: string
  readonly limit: number
  readonly windowMs: number
}

/** GCRA: `limit` per window, bursts up to `limit`. All rules must allow, or none is charged. */
export type RateLimiter = { take(rules: readonly RateRule[]): Promise<{ allowed: boolean; retryAfterMs: number }> }

/** Short tokens that name a reader to one site. */
export type ReaderTokens = {
  issue(siteKey: string, reader: Reader): Promise<{ token: string; expiresAt: number }>
  /** The secret that replaces a credential's: always the same for the same one, and nobody else can tell it. */
  successor(secret: string): string
  /** Rejects with `token_expired` or `token_invalid`, also for a token of another site. */
  verify(siteKey: string, token: string): Promise<{ reader: Reader; expiresAt: number }>
}

export type Logger = {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
  child(fields: Record<string, unknown>): Logger
}

/** Every metric by name; labels have few values and never ids. Names and help texts live in adapters/metrics.ts. */
export type CounterName =
  | 'commands' // type, outcome
  | 'http_requests' // route, status
  | 'moderation_verdicts' // phase, verdict
  | 'rate_limited' // rule
  | 'deltas_published'
  | 'deliveries'
  | 'delta_gaps'
  | 'reloads'
  | 'sweeps' // found
  | 'recoveries' // source: ring, store
  | 'thread_reads' // what: state, changes
  | 'page_cache' // result: hit, miss
  | 'socket_closes' // code
  | 'db_retries' // cause: SQLSTATE or a word
  | 'db_breaker' // host, change: opened, leaving, closed
  | 'bus_messages' // outcome: sent, unsent, heard
  | 'redis_fallbacks' // for: rate_limits, presence
  | 'trace_spans' // outcome: sent, failed
export type HistogramName =
  | 'command_ms' // type
  | 'commit_ms' // kind
  | 'group_size'
  | 'delta_lag_ms' // from: here, bus
  | 'http_request_ms' // route
  | 'db_checkout_ms' // host
  | 'redis_ping_ms' // connection
  | 'widget_lcp_ms'
  | 'widget_inp_ms'
  | 'widget_cls'
  | 'widget_thread_ms'
  | 'widget_post_ms'
export type GaugeName =
  | 'sockets'
  | 'active_threads'
  | 'long_polls'
  | 'db_up'
  | 'db_queue'
  | 'db_connections' /* host, state */
  | 'db_host_up' /* host */
  | 'redis_up'
  | 'moderation_queue'
  | 'moderation_queue_sites'
  | 'moderation_queue_age_seconds'
  | 'clock_offset_seconds'

export type Metrics = {
  count(name: CounterName, labels?: Record<string, string>, by?: number): void
  observe(name: HistogramName, value: number, labels?: Record<string, string>): void
  gauge(name: GaugeName, value: number, labels?: Record<string, string>): void
}

/** Milliseconds: since the epoch where a time is kept or leaves the node, since whenever where it only measures. */
export type Clock = () => number
