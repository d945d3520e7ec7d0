import { createHash } from 'node:crypto'
import { AdminError } from '@repartee/sdk/protocol/admin'
import { verifySync } from 'otplib'
import type { AdminActor } from '../access/admin-actor.ts'
import { IDLE_MS } from '../access/authorize-admin.ts'
import type { Account } from '../account.ts'
import type { Deps } from '../deps.ts'
import { newSecret } from '../readers/credential.ts'
import { enforceAdminLimit, guessRules } from './account-rate-rules.ts'
import { toAdminAccount } from './account-view.ts'
import { canonicalEmail } from './email-address.ts'
import type { SignInDeps, SignInStep } from './sign-in.ts'

/** Where an account's TOTP seed is stored. */
export const totpPlace = (accountId: string) => ({ table: 'accounts', column: 'totp_sealed', row: accountId }) as const

/** A code's step as the authenticator counts it, also accepting the one before (RFC 6238 §5.2); `null` for a wrong code. */
export const totpStep = (seed: string, code: string, nowAt: number): number | null => {
  const token = code.replaceAll(/[\s-]/g, '')
  // Anything else makes the library throw.
  if (!/^\d{6}$/.test(token)) return null
  const result = verifySync({ secret: seed, token, epoch: Math.floor(nowAt / 1_000), epochTolerance: [30, 0] })
  return result.valid && 'timeStep' in result ? Number(result.timeStep) : null
}

/** Letters and digits of a recovery code as it was shown, without the spaces and dashes people add. */
export const recoveryHash = (code: string): string =>
  createHash('sha256')
    .update(code.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
    .digest('hex')

/** Check a code of the authenticator and use it up; each works once, on whatever node. */
export const requireTotp = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'limiter' | 'metrics' | 'deviceProofs' | 'now'>,
  actor: AdminActor,
  code: string,
): Promise<void> => {
  await enforceGuess(deps, actor)
  const { account } = actor
  if (account.totpSealed === null) throw new AdminError('code_invalid')
  const step = totpStep(deps.secrets.open(totpPlace(account.id), account.totpSealed), code, deps.now())
  if (step === null || !(await deps.store.accounts.useTotpStep(account.id, step))) throw new AdminError('code_invalid')
}

/** Count a try to prove who someone is, in the budget of the account or of this browser. */
export const enforceGuess = async (
  deps: Pick<Deps, 'secrets' | 'limiter' | 'metrics' | 'deviceProofs'>,
  actor: AdminActor,
): Promise<void> => {
  const isKnown = deps.deviceProofs.check(emailDigestOf(deps, actor.account), actor.knownDevice)
  await enforceAdminLimit(deps, 'sign-ins', guessRules(actor, actor.account.id, isKnown))
}

const emailDigestOf = (deps: Pick<Deps, 'secrets'>, account: Account): string =>
  deps.secrets.digest('email', canonicalEmail(toAdminAccount(deps.secrets, account, []).email))

/** The second factor was shown: the session is signed in, under a new token. */
export const completeSignIn = async (deps: SignInDeps, actor: AdminActor): Promise<SignInStep> => {
  const nowAt = deps.now()
  const { secret, hash } = newSecret()
  const expiresAt = nowAt + IDLE_MS
  if (!(await deps.store.accountSessions.complete(actor.session.id, { tokenHash: hash, nowAt, expiresAt })))
    throw new AdminError('sign_in_failed', 'the session has ended; begin again')
  deps.accountSessionCache.forgetAccount(actor.account.id)
  // Read again: a recovery code may just have been used.
  const account = (await deps.store.accounts.find(actor.account.id)) ?? actor.account
  return {
    result: { state: 'signed_in', account: toAdminAccount(deps.secrets, account, actor.memberships) },
    session: { token: secret, expiresAt },
    knownDevice: deps.deviceProofs.issue(emailDigestOf(deps, account)),
  }
}

/** Complete a sign-in with a code of the authenticator. */
export const signInWithCode = async (
  deps: SignInDeps,
  actor: AdminActor,
  input: { code: string },
): Promise<SignInStep> => {
  await requireTotp(deps, actor, input.code)
  return completeSignIn(deps, actor)
}

/** Complete a sign-in with a recovery code, which is gone then. */
export const signInWithRecoveryCode = async (
  deps: SignInDeps,
  actor: AdminActor,
  input: { code: string },
): Promise<SignInStep> => {
  await enforceGuess(deps, actor)
  if (!(await deps.store.accounts.useRecoveryCode(actor.account.id, recoveryHash(input.code))))
    throw new AdminError('code_invalid')
  return completeSignIn(deps, actor)
}
