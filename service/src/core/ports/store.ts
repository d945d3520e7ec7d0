import type { AuthorStore } from './author-store.ts'
import type { CommentStore } from './comment-store.ts'
import type { CredentialStore } from './credential-store.ts'
import type { ReactionStore } from './reaction-store.ts'
import type { SiteStore } from './site-store.ts'
import type { ThreadStore } from './thread-store.ts'

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
