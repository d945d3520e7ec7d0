import { AdminError } from '@repartee/sdk/protocol/admin'
import type { AdminActor, AdminVisitor } from '../access/admin-actor.ts'
import { dashboardLink } from '../dashboard.ts'
import type { Deps } from '../deps.ts'
import { hashSecret, newSecret } from '../readers/credential.ts'
import { accountMail, mailTo } from './account-mail.ts'
import { enforceAdminLimit, linkRules, mailRules } from './account-rate-rules.ts'
import { emailPlace } from './account-view.ts'
import { canonicalEmail, parseEmail } from './email-address.ts'

const LIFE_MS = 24 * 60 * 60_000

/**
 * Begin to change the account's address. Both the old and the new address get a link, and the change happens when both
 * were used: whoever steals a session cannot take the account along. Without mail it cannot be done here.
 */
export const beginEmailChange = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'dashboard' | 'limiter' | 'metrics' | 'now'>,
  actor: AdminActor,
  input: { email: string },
): Promise<void> => {
  const { account } = actor
  const { dashboard, secrets } = deps
  if (!dashboard.mail) throw new AdminError('mail_not_configured')
  const email = parseEmail(input.email)
  await enforceAdminLimit(deps, 'mails', mailRules(actor))
  const [old, next] = [newSecret(), newSecret()]
  const expiresAt = deps.now() + LIFE_MS
  const linkTo = (secret: string): string => dashboardLink(dashboard, 'confirm-email', secret)
  await deps.store.accounts.beginEmailChange(account.id, {
    emailDigest: secrets.digest('email', canonicalEmail(email)),
    // Moves to the account's own column as it is.
    emailSealed: secrets.seal(emailPlace(account.id), email),
    oldHash: old.hash,
    newHash: next.hash,
    expiresAt,
    mails: [
      ...accountMail(deps, account, { kind: 'email_change_old', link: linkTo(old.secret), expiresAt, newEmail: email }),
      mailTo(
        deps,
        { to: email, language: account.language },
        { kind: 'email_change_new', link: linkTo(next.secret), expiresAt },
      ),
    ],
  })
}

/** Confirm a change of address from one of its two mails. `done` with the second. */
export const confirmEmailChange = async (
  deps: Pick<Deps, 'store' | 'limiter' | 'metrics' | 'now'>,
  visitor: AdminVisitor,
  input: { token: string },
): Promise<{ state: 'waiting' | 'done' }> => {
  await enforceAdminLimit(deps, 'links', linkRules(visitor))
  const state = await deps.store.accounts.confirmEmailChange(hashSecret(input.token), { nowAt: deps.now(), mails: [] })
  // Taken: that another account has the address is not told to whoever brings a link.
  if (state === null || state === 'taken') throw new AdminError('link_invalid')
  return { state }
}
