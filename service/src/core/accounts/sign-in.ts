import { AdminError, type SignInResult } from '@repartee/sdk/protocol/admin'
import type { AdminActor, AdminVisitor } from '../access/admin-actor.ts'
import type { Account } from '../account.ts'
import type { Deps } from '../deps.ts'
import { enforceAdminLimit, guessRules } from './account-rate-rules.ts'
import { secondFactors, toAdminAccount } from './account-view.ts'
import { canonicalEmail, parseEmail } from './email-address.ts'
import { openSession, type SessionSecret } from './open-session.ts'
import { normalisePassword } from './password-rules.ts'

export type SignInDeps = Pick<
  Deps,
  'store' | 'secrets' | 'passwords' | 'deviceProofs' | 'limiter' | 'metrics' | 'now' | 'accountSessionCache'
>

/** The result of a step of signing in, and what the browser keeps from now on. */
export type SignInStep = {
  readonly result: SignInResult
  readonly session: SessionSecret
  /** Only once signed in. */
  readonly knownDevice: string | null
}

/** The digest of an address, or of what was typed when it is none: a refusal is the same for both. */
const digestOf = (deps: Pick<Deps, 'secrets'>, typed: string): string => {
  try {
    return deps.secrets.digest('email', canonicalEmail(parseEmail(typed)))
  } catch (error) {
    if (!(error instanceof AdminError)) throw error
    return deps.secrets.digest('email', typed)
  }
}

/** Sign in with e-mail address and password. Known and unknown addresses cost the same work and get the same refusal. */
export const signIn = async (
  deps: SignInDeps,
  visitor: AdminVisitor,
  previous: AdminActor | null,
  input: { email: string; password: string },
): Promise<SignInStep> => {
  const emailDigest = digestOf(deps, input.email)
  const isKnown = deps.deviceProofs.check(emailDigest, visitor.knownDevice)
  await enforceAdminLimit(deps, 'sign-ins', guessRules(visitor, emailDigest, isKnown))
  const account = await deps.store.accounts.findByEmail(emailDigest)
  const isRight = await deps.passwords.verify(account?.passwordHash ?? null, normalisePassword(input.password))
  if (account === null || !isRight) throw new AdminError('sign_in_failed')
  if (account.suspendedAt !== null) throw new AdminError('account_suspended')
  await endPrevious(deps, previous)
  const methods = secondFactors(account)
  if (methods.length > 0)
    return {
      result: { state: 'second_factor', methods },
      session: await openSession(deps, visitor, account, 'second_factor'),
      knownDevice: null,
    }
  return signedIn(deps, visitor, account)
}

/** Signing in again replaces the session this browser had. */
export const endPrevious = async (
  deps: Pick<Deps, 'store' | 'accountSessionCache'>,
  previous: AdminActor | null,
): Promise<void> => {
  if (previous === null) return
  await deps.store.accountSessions.end(previous.account.id, previous.session.id)
  deps.accountSessionCache.forgetAccount(previous.account.id)
}

/** Begin a signed-in session for an account whose owner has shown everything it asks for. */
export const signedIn = async (deps: SignInDeps, visitor: AdminVisitor, account: Account): Promise<SignInStep> => {
  const memberships = await deps.store.accounts.memberships(account.id)
  const admin = toAdminAccount(deps.secrets, account, memberships)
  return {
    result: { state: 'signed_in', account: admin },
    session: await openSession(deps, visitor, account, 'signed_in'),
    knownDevice: deps.deviceProofs.issue(deps.secrets.digest('email', canonicalEmail(admin.email))),
  }
}
