import { ReparteeError } from '@repartee/sdk/protocol'
import type { AdminSite } from '@repartee/sdk/protocol/admin'
import type { SiteActor } from '../access/admin-actor.ts'
import type { Deps } from '../deps.ts'
import type { Site } from '../site.ts'
import { toAdminSite } from './site-view.ts'

/** How long a deleted site can be restored. */
export const GRACE_MS = 14 * 24 * 60 * 60_000

const setDeletesAt = async (deps: Pick<Deps, 'store' | 'siteCache'>, site: Site, at: number | null): Promise<Site> => {
  const changed = await deps.store.sites.setDeletesAt(site.id, at)
  deps.siteCache.forget(site.publicKey)
  if (changed === null) throw new ReparteeError('site_not_found')
  return changed
}

/**
 * Delete a site: readers no longer find it, within seconds on every node, and after two weeks all of it is gone. Until then
 * `restoreSite` brings it back as it was. Deleting a deleted site does not extend its time.
 */
export const removeSite = async (
  deps: Pick<Deps, 'store' | 'siteCache' | 'now'>,
  actor: SiteActor,
): Promise<AdminSite> => {
  const { site } = actor
  if (site.deletesAt !== null) return toAdminSite(actor, site)
  return toAdminSite(actor, await setDeletesAt(deps, site, deps.now() + GRACE_MS))
}

/** Bring a deleted site back. */
export const restoreSite = async (deps: Pick<Deps, 'store' | 'siteCache'>, actor: SiteActor): Promise<AdminSite> =>
  toAdminSite(actor, await setDeletesAt(deps, actor.site, null))
