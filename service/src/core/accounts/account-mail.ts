import type { Language } from '@repartee/sdk/protocol/admin'
import type { Account } from '../account.ts'
import type { Deps } from '../deps.ts'
import { composeMail } from '../mail/compose-mail.ts'
import type { MailMessage } from '../mail/mail-kinds.ts'
import type { NewMail } from '../ports/mail-outbox.ts'
import { emailPlace } from './account-view.ts'

/** A mail to an address. */
export const mailTo = (
  deps: Pick<Deps, 'secrets' | 'now'>,
  receiver: { to: string; language: Language | null },
  message: MailMessage,
): NewMail => composeMail(deps, { to: receiver.to, language: receiver.language ?? 'en', message })

/** The mail to an account's owner, if mail can be sent at all. */
export const accountMail = (
  deps: Pick<Deps, 'secrets' | 'dashboard' | 'now'>,
  account: Account,
  message: MailMessage,
): NewMail[] => {
  if (!deps.dashboard.mail) return []
  const to = deps.secrets.open(emailPlace(account.id), account.emailSealed)
  return [mailTo(deps, { to, language: account.language }, message)]
}
