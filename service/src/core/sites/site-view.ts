import { ReparteeError } from '@repartee/sdk/protocol'
import type { AdminSite } from '@repartee/sdk/protocol/admin'
import type { AdminActor } from '../access/admin-actor.ts'
import type { Site } from '../site.ts'

/** A site as a member of its organisation sees it. */
export const toAdminSite = (actor: Pick<AdminActor, 'memberships'>, site: Site): AdminSite => {
  const membership = actor.memberships.find(({ organisationId }) => organisationId === site.organisationId)
  if (membership === undefined) throw new ReparteeError('site_not_found')
  return {
    key: site.publicKey,
    name: site.name,
    origins: [...site.origins],
    settings: site.settings,
    version: site.version,
    organisation: { id: membership.organisationId, name: membership.organisationName },
    role: membership.role,
    createdAt: site.createdAt,
    deletesAt: site.deletesAt,
  }
}
