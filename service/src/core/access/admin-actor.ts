import type { OrganisationRole } from '@repartee/sdk/protocol/admin'
import type { Account, AccountSession, Membership } from '../account.ts'
import type { Site } from '../site.ts'

/** A request to the admin API before anyone is known: where it comes from, and with what. */
export type AdminVisitor = {
  /** The client's network prefix, for rate limits only; never stored or shown. */
  readonly network: string
  /** The browser's `User-Agent`, shortened. */
  readonly userAgent: string
  /** Proof that this browser has signed in before; empty when it brings none. */
  readonly knownDevice: string
  /** The origin of the dashboard that sends the request, such as `https://comments.example`. */
  readonly origin: string
}

/** Someone with a session, signed in or about to be. */
export type AdminActor = AdminVisitor & {
  readonly account: Account
  readonly session: AccountSession
  readonly memberships: readonly Membership[]
}

/** Someone acting on one site, which belongs to an organisation of theirs. */
export type SiteActor = AdminActor & { readonly site: Site; readonly role: OrganisationRole }

const ranks: Readonly<Record<OrganisationRole, number>> = { viewer: 0, moderator: 1, admin: 2, owner: 3 }

/** Whether a role includes another: owner > admin > moderator > viewer. */
export const includesRole = (role: OrganisationRole, needed: OrganisationRole): boolean => ranks[role] >= ranks[needed]

/** The role of an account in an organisation; `null` when it has none. */
export const roleIn = (
  actor: Pick<AdminActor, 'memberships'>,
  organisationId: string | null,
): OrganisationRole | null =>
  actor.memberships.find((membership) => membership.organisationId === organisationId)?.role ?? null
