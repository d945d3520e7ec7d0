import type { AccountSessionStore } from './account-session-store.ts'
import type { AccountStore } from './account-store.ts'
import type { AuthorStore } from './author-store.ts'
import type { CommentStore } from './comment-store.ts'
import type { CredentialStore } from './credential-store.ts'
import type { InstallationStore } from './installation-store.ts'
import type { MailOutbox } from './mail-outbox.ts'
import type { PasskeyStore } from './passkey-store.ts'
import type { ReactionStore } from './reaction-store.ts'
import type { SealedStore } from './sealed-store.ts'
import type { SiteDataStore } from './site-data-store.ts'
import type { SiteStore } from './site-store.ts'
import type { ThreadStore } from './thread-store.ts'

/**
 * The database. Methods take ids and values, and return domain types or `null`. Each sends one statement; a method that
 * changes a thread takes its next `seq` in that same statement. Rejects with `unavailable` when the database cannot be
 * reached.
 */
export type Store = {
  readonly sites: SiteStore
  readonly siteData: SiteDataStore
  readonly threads: ThreadStore
  readonly comments: CommentStore
  readonly reactions: ReactionStore
  readonly authors: AuthorStore
  readonly credentials: CredentialStore
  readonly sealed: SealedStore
  readonly mail: MailOutbox
  readonly accounts: AccountStore
  readonly accountSessions: AccountSessionStore
  readonly passkeys: PasskeyStore
  readonly installations: InstallationStore
  /** Identifies this database's history; a restored backup has a new epoch. */
  epoch(): Promise<string>
}
