import type { StoredPasskey } from '../account.ts'
import type { NewMail } from './mail-outbox.ts'

export type PasskeyStore = {
  /** `false` when some account has this credential already. */
  add(passkey: StoredPasskey, mails: readonly NewMail[]): Promise<boolean>
  find(id: string): Promise<StoredPasskey | null>
  list(accountId: string): Promise<StoredPasskey[]>
  rename(accountId: string, id: string, name: string): Promise<boolean>
  remove(accountId: string, id: string, mails: readonly NewMail[]): Promise<boolean>
  /** Remember a use. `false` when the counter went back, as that of a copied authenticator does (WebAuthn §6.1.1). */
  use(id: string, use: { counter: number; at: number }): Promise<boolean>
}
