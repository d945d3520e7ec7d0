import { LRUCache } from 'lru-cache'
import type { Account, AccountSession, Membership } from '../account.ts'
import type { Clock } from '../ports/clock.ts'
import { createSingleFlight } from '../single-flight.ts'

export type FoundSession = {
  readonly session: AccountSession
  readonly account: Account
  readonly memberships: readonly Membership[]
}

/** Sessions by the hash of their token, kept so briefly that an ended one is refused everywhere within a second. */
export type AccountSessionCache = {
  get(tokenHash: string, read: () => Promise<FoundSession | null>): Promise<FoundSession | null>
  /** Forget all sessions of an account, which has changed on this node. */
  forgetAccount(accountId: string): void
}

/** Half of the second within which every node must refuse an ended session (ADR 10). */
const TTL_MS = 500

/** Create an empty cache. Unknown tokens are not kept, so nobody can fill it with made-up ones. */
export const createAccountSessionCache = (o: { now: Clock; max?: number }): AccountSessionCache => {
  const entries = new LRUCache<string, { readonly found: FoundSession; readonly readAt: number }>({
    max: o.max ?? 1_000,
  })
  const singleFlight = createSingleFlight()
  return {
    async get(tokenHash, read) {
      const entry = entries.get(tokenHash)
      if (entry !== undefined && o.now() - entry.readAt < TTL_MS) return entry.found
      // Its age counts from before the read: what ends while it runs may not be seen by it.
      const readAt = o.now()
      const { value: found, first } = await singleFlight.share(tokenHash, read)
      if (found === null) entries.delete(tokenHash)
      else if (first) entries.set(tokenHash, { found, readAt })
      return found
    },
    forgetAccount(accountId) {
      for (const [hash, { found }] of entries) if (found.account.id === accountId) entries.delete(hash)
    },
  }
}
