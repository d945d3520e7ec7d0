import { AdminError, type Language } from '@repartee/sdk/protocol/admin'
import { parseEmail } from '../accounts/email-address.ts'
import type { Deps } from '../deps.ts'
import { composeMail } from './compose-mail.ts'

/** Send a test mail to an address, as all mail is sent. For operators. Resolves with its id once it is stored. */
export const sendTestMail = async (
  deps: Pick<Deps, 'store' | 'mailer' | 'secrets' | 'now'>,
  { to, language }: { to: string; language: Language },
): Promise<{ id: string }> => {
  if (!deps.mailer.isConfigured) throw new AdminError('mail_not_configured', 'set SMTP_URL and MAIL_FROM')
  const mail = composeMail(deps, { to: parseEmail(to), language, message: { kind: 'test' } })
  await deps.store.mail.add(mail)
  deps.mailer.wake()
  return { id: mail.id }
}
