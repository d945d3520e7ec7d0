import { newId } from '@repartee/sdk/protocol'
import type { Deps } from '../deps.ts'
import type { NewMail } from '../ports/mail-outbox.ts'
import { type MailContent, sealMail } from './mail-content.ts'

/**
 * A mail as it is stored until it is sent: sealed, since it holds an address and often a secret. Compose it once for a
 * change: a statement that is sent again with the same mail sends it once.
 */
export const composeMail = (deps: Pick<Deps, 'secrets' | 'now'>, content: MailContent): NewMail => {
  const nowAt = deps.now()
  const id = newId(nowAt)
  return { id, kind: content.message.kind, sealed: sealMail(deps.secrets, id, content), createdAt: nowAt }
}
