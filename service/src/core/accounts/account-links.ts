import type { LinkPurpose, LinkToSpend, NewLink } from '../ports/account-store.ts'
import { hashSecret, newSecret } from '../readers/credential.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** How long each kind of link works. */
export const LINK_LIFE_MS: Readonly<Record<LinkPurpose, number>> = {
  setup: DAY_MS,
  sign_up: DAY_MS,
  invitation: 7 * DAY_MS,
  verify_email: 3 * DAY_MS,
  reset_password: 60 * MINUTE_MS,
  register_passkey: 5 * MINUTE_MS,
  use_passkey: 5 * MINUTE_MS,
}

/** A new link: its secret goes out, its hash is stored. */
export const newLink = (
  purpose: LinkPurpose,
  nowAt: number,
  o: { accountId?: string; sealed?: string } = {},
): { secret: string; link: NewLink } => {
  const { secret, hash } = newSecret()
  const link: NewLink = {
    hash,
    purpose,
    accountId: o.accountId ?? null,
    sealed: o.sealed ?? null,
    createdAt: nowAt,
    expiresAt: nowAt + LINK_LIFE_MS[purpose],
  }
  return { secret, link }
}

/** Name the link of a secret that someone brings. */
export const linkOf = (purpose: LinkPurpose, secret: string, nowAt: number): LinkToSpend => ({
  hash: hashSecret(secret),
  purpose,
  nowAt,
})

/** Where a link's carried text is stored. */
export const linkPlace = (hash: string) => ({ table: 'account_links', column: 'sealed', row: hash }) as const
