import { AdminError, type StepUp } from '@repartee/sdk/protocol/admin'
import type { AdminActor } from '../access/admin-actor.ts'
import type { Deps } from '../deps.ts'
import { secondFactors } from './account-view.ts'
import { requirePasskey } from './passkey-sign-in.ts'
import { normalisePassword } from './password-rules.ts'
import { enforceGuess, requireTotp } from './second-factor.ts'
import type { SignInDeps } from './sign-in.ts'

/**
 * Prove again who you are, before a dangerous act. An account with a second factor must show that: a password alone would
 * make it weaker than signing in.
 */
export const stepUp = async (deps: SignInDeps, actor: AdminActor, input: StepUp): Promise<void> => {
  const { account } = actor
  if ('code' in input) await requireTotp(deps, actor, input.code)
  else if ('response' in input) {
    await enforceGuess(deps, actor)
    const used = await requirePasskey(deps, actor, input.response)
    if (used.accountId !== account.id) throw new AdminError('passkey_invalid')
  } else await requirePassword(deps, actor, input.password)
  await deps.store.accountSessions.stepUp(actor.session.id, deps.now())
  deps.accountSessionCache.forgetAccount(account.id)
}

const requirePassword = async (
  deps: SignInDeps & Pick<Deps, 'passwords'>,
  actor: AdminActor,
  password: string,
): Promise<void> => {
  if (secondFactors(actor.account).length > 0)
    throw new AdminError('second_factor_required', 'show the second factor of this account')
  await enforceGuess(deps, actor)
  if (!(await deps.passwords.verify(actor.account.passwordHash, normalisePassword(password))))
    throw new AdminError('password_wrong')
}
