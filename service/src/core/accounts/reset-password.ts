import { AdminError } from '@repartee/sdk/protocol/admin'
import type { AdminVisitor } from '../access/admin-actor.ts'
import { dashboardLink } from '../dashboard.ts'
import type { Deps } from '../deps.ts'
import { linkOf, newLink } from './account-links.ts'
import { accountMail, mailTo } from './account-mail.ts'
import { enforceAdminLimit, linkRules, mailRules, mayMail } from './account-rate-rules.ts'
import { emailPlace } from './account-view.ts'
import { canonicalEmail, parseEmail } from './email-address.ts'
import { knownWords } from './new-account.ts'
import { requireGoodPassword } from './password-rules.ts'

/**
 * Send a link for a new password, if there is an account with this address. The answer and the work are the same if there
 * is none. Refuses with `mail_not_configured` where no mail can be sent; an operator can print a link instead.
 */
export const requestPasswordReset = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'dashboard' | 'limiter' | 'metrics' | 'now'>,
  visitor: AdminVisitor,
  input: { email: string },
): Promise<void> => {
  if (!deps.dashboard.mail) throw new AdminError('mail_not_configured')
  const email = parseEmail(input.email)
  await enforceAdminLimit(deps, 'mails', mailRules(visitor))
  const emailDigest = deps.secrets.digest('email', canonicalEmail(email))
  if (!(await mayMail(deps, emailDigest))) return
  const { secret, link } = newLink('reset_password', deps.now())
  const mail = mailTo(
    deps,
    { to: email, language: null },
    {
      kind: 'reset_password',
      link: dashboardLink(deps.dashboard, 'reset', secret),
      expiresAt: link.expiresAt,
    },
  )
  await deps.store.accounts.addLinkByEmail(emailDigest, link, [mail])
}

/** A link for a new password, for an operator to pass on; `null` when there is no such account. */
export const createResetLink = async (
  deps: Pick<Deps, 'store' | 'secrets' | 'dashboard' | 'now'>,
  input: { email: string },
): Promise<{ url: string; expiresAt: number } | null> => {
  const emailDigest = deps.secrets.digest('email', canonicalEmail(parseEmail(input.email)))
  const account = await deps.store.accounts.findByEmail(emailDigest)
  if (account === null) return null
  const { secret, link } = newLink('reset_password', deps.now(), { accountId: account.id })
  await deps.store.accounts.addLink(link, [])
  return { url: dashboardLink(deps.dashboard, 'reset', secret), expiresAt: link.expiresAt }
}

/**
 * Set a new password with a link. All sessions end, and nobody is signed in: whoever has a second factor must still show
 * it. Resolves with proof that this browser is known, since the link came from the owner's mailbox: an attacker who uses up
 * the tries of strangers cannot keep the owner out.
 */
export const resetPassword = async (
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
  visitor: AdminVisitor,
  input: { token: string; password: string },
): Promise<{ knownDevice: string }> => {
  await enforceAdminLimit(deps, 'links', linkRules(visitor))
  const link = linkOf('reset_password', input.token, deps.now())
  const found = await deps.store.accounts.findLink(link)
  const account = found?.accountId == null ? null : await deps.store.accounts.find(found.accountId)
  if (account === null || account.suspendedAt !== null) throw new AdminError('link_invalid')
  const email = deps.secrets.open(emailPlace(account.id), account.emailSealed)
  const password = await requireGoodPassword(deps.passwords, input.password, knownWords(email, account.name))
  const changed = await deps.store.accounts.resetPassword(link, {
    passwordHash: await deps.passwords.hash(password),
    mails: accountMail(deps, account, { kind: 'password_changed' }),
  })
  if (changed === null) throw new AdminError('link_invalid')
  deps.accountSessionCache.forgetAccount(account.id)
  return { knownDevice: deps.deviceProofs.issue(deps.secrets.digest('email', canonicalEmail(email))) }
}
