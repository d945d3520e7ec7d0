import { newId } from '@repartee/sdk/protocol'
import type { Language } from '@repartee/sdk/protocol/admin'
import type { Deps } from '../deps.ts'
import type { NewMail } from '../ports/mail-outbox.ts'

/** What a mail says, by kind; its texts are chosen by kind and language when it is sent. */
export type MailMessage =
  | { readonly kind: 'verify_email' | 'sign_up' | 'reset_password'; readonly link: string; readonly expiresAt: number }
  | { readonly kind: 'sign_up_known_address'; readonly link: string }
  | { readonly kind: 'invitation'; readonly link: string; readonly expiresAt: number; readonly from: string }
  | { readonly kind: 'email_change_new'; readonly link: string; readonly expiresAt: number }
  | { readonly kind: 'email_change_old'; readonly link: string; readonly expiresAt: number; readonly newEmail: string }
  | { readonly kind: 'password_changed' }
  | {
      readonly kind: 'second_factor_changed'
      readonly change: 'totp_added' | 'totp_removed' | 'passkey_added' | 'passkey_removed'
    }

/** A mail as it is stored until it is sent: sealed, since it holds an address and often a secret. */
export const composeMail = (
  deps: Pick<Deps, 'secrets' | 'now'>,
  { to, language, message }: { to: string; language: Language; message: MailMessage },
): NewMail => {
  const nowAt = deps.now()
  const id = newId(nowAt)
  const sealed = deps.secrets.seal(
    { table: 'mail_outbox', column: 'sealed', row: id },
    JSON.stringify({ to, language, message }),
  )
  return { id, kind: message.kind, sealed, createdAt: nowAt }
}
