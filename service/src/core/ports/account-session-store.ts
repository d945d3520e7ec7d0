import type { Account, AccountSession, Membership } from '../account.ts'

export type NewSession = AccountSession & { readonly tokenHash: string }

/** Sessions of the dashboard. */
export type AccountSessionStore = {
  create(session: NewSession): Promise<void>
  /** A session that has not expired, with its account and what that may do. */
  find(
    tokenHash: string,
    nowAt: number,
  ): Promise<{ session: AccountSession; account: Account; memberships: Membership[] } | null>
  /** The second factor was shown: the session gets a new token and is signed in. `false` when it has ended. */
  complete(id: string, change: { tokenHash: string; nowAt: number; expiresAt: number }): Promise<boolean>
  stepUp(id: string, at: number): Promise<void>
  touch(id: string, at: number, expiresAt: number): Promise<void>
  list(accountId: string, nowAt: number): Promise<AccountSession[]>
  /** `false` when the account has no such session. */
  end(accountId: string, id: string): Promise<boolean>
  /** End all sessions but one, or all. Resolves with their number. */
  endAll(accountId: string, except: string | null): Promise<number>
}
