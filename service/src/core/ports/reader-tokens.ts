import type { Reader } from '../actor.ts'

/** Short tokens that name a reader to one site. */
export type ReaderTokens = {
  issue(siteKey: string, reader: Reader): Promise<{ token: string; expiresAt: number }>
  /** The secret that replaces a credential's: always the same for the same one, and nobody else can tell it. */
  successor(secret: string): string
  /** Rejects with `token_expired` or `token_invalid`, also for a token of another site. */
  verify(siteKey: string, token: string): Promise<{ reader: Reader; expiresAt: number }>
}
