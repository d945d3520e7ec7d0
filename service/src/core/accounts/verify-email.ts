import { AdminError } from '@repartee/sdk/protocol/admin'
import type { AdminActor, AdminVisitor } from '../access/admin-actor.ts'
import { dashboardLink } from '../dashboard.ts'
import type { Deps } from '../deps.ts'
import { linkOf, newLink } from './account-links.ts'
import { accountMail } from './account-mail.ts'
import { enforceAdminLimit, linkRules, mailRules } from './account-rate-rules.ts'

/** Send the account a link that proves its address. */
export const sendVerification = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'dashboard' | 'limiter' | 'metrics' | 'now'>,
  actor: AdminActor,
): Promise<void> => {
  if (!deps.dashboard.mail) throw new AdminError('mail_not_configured')
  if (actor.account.emailVerifiedAt !== null) return
  await enforceAdminLimit(deps, 'mails', mailRules(actor))
  const { secret, link } = newLink('verify_email', deps.now(), { accountId: actor.account.id })
  const mails = accountMail(deps, actor.account, {
    kind: 'verify_email',
    link: dashboardLink(deps.dashboard, 'verify', secret),
    expiresAt: link.expiresAt,
  })
  await deps.store.accounts.addLink(link, mails)
}

/** Prove an address with the link that was sent to it. Works in any browser, and signs nobody in. */
export const verifyEmail = async (
  deps: Pick<Deps, 'store' | 'accountSessionCache' | 'limiter' | 'metrics' | 'now'>,
  visitor: AdminVisitor,
  input: { token: string },
): Promise<void> => {
  await enforceAdminLimit(deps, 'links', linkRules(visitor))
  const account = await deps.store.accounts.verifyEmail(linkOf('verify_email', input.token, deps.now()))
  if (account === null) throw new AdminError('link_invalid')
  deps.accountSessionCache.forgetAccount(account.id)
}
