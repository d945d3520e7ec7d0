import { AdminError } from '@repartee/sdk/protocol/admin'
import type { Deps } from '../deps.ts'
import { canonicalEmail, parseEmail } from './email-address.ts'

/** Suspend an account, or lift that. A suspended one cannot sign in, and its sessions do nothing from within a second. Operators only. */
export const setSuspended = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'accountSessionCache' | 'now'>,
  input: { email: string; suspended: boolean },
): Promise<void> => {
  const emailDigest = deps.secrets.digest('email', canonicalEmail(parseEmail(input.email)))
  const account = await deps.store.accounts.findByEmail(emailDigest)
  if (account === null) throw new AdminError('object_not_found', 'no account has this address')
  await deps.store.accounts.suspend(account.id, input.suspended ? deps.now() : null)
  deps.accountSessionCache.forgetAccount(account.id)
}
