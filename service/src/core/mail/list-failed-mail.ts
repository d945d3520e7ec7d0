import type { FailedMailPage } from '@repartee/sdk/protocol/admin'
import type { Deps } from '../deps.ts'
import type { FailedMail } from '../ports/mail-outbox.ts'
import { openMailContent } from './mail-content.ts'
import { maskAddress } from './mask-address.ts'

const PAGE = 50

const recipientOf = (deps: Pick<Deps, 'secrets'>, mail: FailedMail): string | null => {
  try {
    return maskAddress(openMailContent(deps.secrets, mail).to)
  } catch {
    return null
  }
}

/** Mail that was given up, the newest first, by pages of 50. For operators: addresses are masked. */
export const listFailedMail = async (
  deps: Pick<Deps, 'store' | 'secrets'>,
  { before }: { before: string | null },
): Promise<FailedMailPage> => {
  const found = await deps.store.mail.listFailed({ before, limit: PAGE })
  const mail = found.map(({ sealed, ...entry }) => ({ ...entry, to: recipientOf(deps, { ...entry, sealed }) }))
  return { mail, next: found.length === PAGE ? (found.at(-1)?.id ?? null) : null }
}
