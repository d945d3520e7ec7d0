import { ReparteeError } from '@repartee/sdk/protocol'
import type { AdminSite } from '@repartee/sdk/protocol/admin'
import { type AdminActor, includesRole, roleIn } from '../access/admin-actor.ts'
import { enforceAdminLimit, siteRules } from '../accounts/account-rate-rules.ts'
import type { Deps } from '../deps.ts'
import { createSite } from './create-site.ts'
import { toAdminSite } from './site-view.ts'

/** Create a site in an organisation the account owns or administers: the named one, else its first. */
export const createOwnSite = async (
  deps: Pick<Deps, 'store' | 'siteCache' | 'dashboard' | 'limiter' | 'metrics' | 'now'>,
  actor: AdminActor,
  input: { name: string; origins: readonly string[]; organisation?: string | undefined },
): Promise<AdminSite> => {
  const mayCreate = actor.memberships.filter(({ role }) => includesRole(role, 'admin'))
  const organisationId = input.organisation ?? mayCreate[0]?.organisationId ?? null
  const role = roleIn(actor, organisationId)
  if (role === null || !includesRole(role, 'admin'))
    throw new ReparteeError('forbidden', 'only owners and admins of an organisation create its sites')
  if (input.origins.length === 0)
    throw new ReparteeError('invalid_request', 'origins: at least one, like https://blog.example')
  await enforceAdminLimit(deps, 'sites', siteRules(actor.account.id))
  const { name, origins } = input
  return toAdminSite(actor, await createSite(deps, { name, origins, organisationId }))
}
