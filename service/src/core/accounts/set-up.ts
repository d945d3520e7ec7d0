import { type AdminAccount, AdminError, type Language } from '@repartee/sdk/protocol/admin'
import type { AdminVisitor } from '../access/admin-actor.ts'
import { dashboardLink } from '../dashboard.ts'
import type { Deps } from '../deps.ts'
import { linkOf, newLink } from './account-links.ts'
import { enforceAdminLimit, linkRules } from './account-rate-rules.ts'
import { toAdminAccount } from './account-view.ts'
import { newAccount } from './new-account.ts'
import { openSession, type SessionSecret } from './open-session.ts'

/** An account that has just signed in, and what its browser keeps. */
export type SignedIn = {
  readonly account: AdminAccount
  readonly session: SessionSecret
  readonly knownDevice: string
}

/** A link that makes its user the operator; `null` when the installation has accounts. */
export const createSetupLink = async (
  deps: Pick<Deps, 'store' | 'dashboard' | 'now'>,
): Promise<{ url: string; expiresAt: number } | null> => {
  if (await deps.store.accounts.any()) return null
  const { secret, link } = newLink('setup', deps.now())
  await deps.store.accounts.addLink(link, [])
  return { url: dashboardLink(deps.dashboard, 'set-up', secret), expiresAt: link.expiresAt }
}

/**
 * Claim an installation without accounts: the new account is its operator, and its organisation gets all sites there are.
 * Of two people with links one succeeds.
 */
export const setUp = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'passwords' | 'deviceProofs' | 'limiter' | 'metrics' | 'now'>,
  visitor: AdminVisitor,
  input: { token: string; email: string; password: string; name: string; language?: Language | undefined },
): Promise<SignedIn> => {
  await enforceAdminLimit(deps, 'links', linkRules(visitor))
  const link = linkOf('setup', input.token, deps.now())
  // Before the password is hashed, which costs.
  if ((await deps.store.accounts.findLink(link)) === null) throw await refusal(deps)
  const created = await newAccount(deps, { ...input, isVerified: false })
  const account = await deps.store.accounts.claim(link, created, [])
  if (account === null) throw await refusal(deps)
  const memberships = await deps.store.accounts.memberships(account.id)
  return {
    account: toAdminAccount(deps.secrets, account, memberships),
    session: await openSession(deps, visitor, account, 'signed_in'),
    knownDevice: deps.deviceProofs.issue(created.emailDigest),
  }
}

const refusal = async (deps: Pick<Deps, 'store'>): Promise<AdminError> =>
  (await deps.store.accounts.any()) ? new AdminError('already_set_up') : new AdminError('link_invalid')
