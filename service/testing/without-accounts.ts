import type { Deps } from '../src/core/deps.ts'
import { noMailer } from '../src/core/mail/mail-delivery.ts'

const absent = new Proxy(
  {},
  {
    get: (_, name) => {
      throw new Error(`${String(name)}: these dependencies have no accounts`)
    },
  },
) as never

/** What only the dashboard uses, for tests of what readers do. */
export const withoutAccounts: Pick<
  Deps,
  'accountSessionCache' | 'passwords' | 'deviceProofs' | 'secrets' | 'keyRing' | 'dashboard' | 'mailer' | 'publicUrl'
> = {
  accountSessionCache: absent,
  passwords: absent,
  deviceProofs: absent,
  secrets: absent,
  keyRing: absent,
  dashboard: { url: () => 'https://comments.example', isAt: () => false, signUp: 'closed', mail: false },
  mailer: noMailer,
  publicUrl: () => 'https://comments.example',
}
