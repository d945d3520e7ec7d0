import type { Reader } from '../actor.ts'

/** Short-lived tokens that identify a reader to one site. */
export type ReaderTokens = {
  issue(siteKey: string, reader: Reader): Promise<{ token: string; expiresAt: number }>
  /** The secret that replaces a credential's. Always the same for one secret, and unpredictable to anyone else. */
  successor(secret: string): string
  /** Rejects with `token_expired`, or with `token_invalid`, including for a token of another site. */
  verify(siteKey: string, token: string): Promise<{ reader: Reader; expiresAt: number }>
}
