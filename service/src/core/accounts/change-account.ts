import { type AdminAccount, AdminError, type Language } from '@repartee/sdk/protocol/admin'
import type { AdminActor } from '../access/admin-actor.ts'
import type { Deps } from '../deps.ts'
import { accountMail } from './account-mail.ts'
import { emailPlace, toAdminAccount } from './account-view.ts'
import { cleanAccountName, knownWords } from './new-account.ts'
import { normalisePassword, requireGoodPassword } from './password-rules.ts'
import { enforceGuess } from './second-factor.ts'

/** Change the given properties of the own account. */
export const changeAccount = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'accountSessionCache'>,
  actor: AdminActor,
  input: { name?: string | undefined; language?: Language | null | undefined },
): Promise<AdminAccount> => {
  const { account } = actor
  const changed = await deps.store.accounts.changeProfile(account.id, {
    name: input.name === undefined ? account.name : cleanAccountName(input.name),
    language: input.language === undefined ? account.language : input.language,
  })
  deps.accountSessionCache.forgetAccount(account.id)
  return toAdminAccount(deps.secrets, changed ?? account, actor.memberships)
}

/** Change the password, proving the current one. All other sessions end. */
export const changePassword = async (
  deps: Pick<
    Deps,
    | 'store'
    | 'secrets'
    | 'passwords'
    | 'dashboard'
    | 'deviceProofs'
    | 'accountSessionCache'
    | 'limiter'
    | 'metrics'
    | 'now'
  >,
  actor: AdminActor,
  input: { current: string; next: string },
): Promise<void> => {
  const { account } = actor
  await enforceGuess(deps, actor)
  if (!(await deps.passwords.verify(account.passwordHash, normalisePassword(input.current))))
    throw new AdminError('password_wrong')
  const email = deps.secrets.open(emailPlace(account.id), account.emailSealed)
  const next = await requireGoodPassword(deps.passwords, input.next, knownWords(email, account.name))
  const changed = await deps.store.accounts.changePassword(account.id, {
    from: account.passwordHash,
    to: await deps.passwords.hash(next),
    keepSession: actor.session.id,
    mails: accountMail(deps, account, { kind: 'password_changed' }),
  })
  deps.accountSessionCache.forgetAccount(account.id)
  if (!changed) throw new AdminError('password_wrong', 'the password was changed in the meantime')
}
