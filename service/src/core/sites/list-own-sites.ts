import type { AdminSites } from '@repartee/sdk/protocol/admin'
import type { AdminActor } from '../access/admin-actor.ts'
import type { Deps } from '../deps.ts'
import { toAdminSite } from './site-view.ts'

const PAGE = 50

/** The sites of the account's organisations, oldest first; those that wait for their deletion included. */
export const listOwnSites = async (
  deps: Pick<Deps, 'store'>,
  actor: AdminActor,
  input: { cursor?: string | undefined },
): Promise<AdminSites> => {
  const organisations = actor.memberships.map(({ organisationId }) => organisationId)
  const sites = await deps.store.sites.listOwned(organisations, input.cursor ?? null, PAGE + 1)
  const page = sites.slice(0, PAGE)
  return {
    sites: page.map((site) => toAdminSite(actor, site)),
    next: sites.length > PAGE ? (page.at(-1)?.id ?? null) : null,
  }
}
