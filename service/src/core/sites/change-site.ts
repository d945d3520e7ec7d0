import { ReparteeError } from '@repartee/sdk/protocol'
import { AdminError, type AdminSite } from '@repartee/sdk/protocol/admin'
import type { SiteActor } from '../access/admin-actor.ts'
import type { Deps } from '../deps.ts'
import type { Site } from '../site.ts'
import { cleanOrigins } from './clean-origins.ts'
import { cleanSiteName, parseSettings } from './site-input.ts'
import { toAdminSite } from './site-view.ts'

export type SiteChange = {
  /** The version the change was made on. */
  readonly version: number
  readonly name?: string | undefined
  readonly origins?: readonly string[] | undefined
  /** Only the settings that change. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined
}

type SiteContent = Pick<Site, 'name' | 'origins' | 'settings'>

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The names of what differs between two states of a site: `name`, `origins`, `settings.guests` … */
const differences = (before: SiteContent, after: SiteContent): string[] => [
  ...(['name', 'origins'] as const).filter((part) => !isSame(before[part], after[part])),
  ...(Object.keys(after.settings) as (keyof Site['settings'])[])
    .filter((name) => !isSame(before.settings[name], after.settings[name]))
    .map((name) => `settings.${name}`),
]

/**
 * Change the given properties and settings of a site that still has the given version. Otherwise refuses with
 * `edit_conflict`; its details name what was changed since, and have the site as it is now.
 */
export const saveSiteChange = async (
  deps: Pick<Deps, 'store' | 'siteCache' | 'dashboard'>,
  site: Site,
  change: SiteChange,
): Promise<Site> => {
  if (site.deletesAt !== null) throw new AdminError('site_deleted')
  const next = {
    name: change.name === undefined ? site.name : cleanSiteName(change.name),
    origins: change.origins === undefined ? site.origins : cleanOrigins(change.origins, deps.dashboard.isAt),
    settings: change.settings === undefined ? site.settings : parseSettings({ ...site.settings, ...change.settings }),
  }
  const updated =
    change.version === site.version
      ? await deps.store.sites.update(site.id, site.version, next, differences(site, next))
      : null
  deps.siteCache.forget(site.publicKey)
  if (updated !== null) return updated
  const current = await deps.store.sites.findByKey(site.publicKey)
  if (current === null) throw new ReparteeError('site_not_found')
  throw new AdminError('edit_conflict', 'someone else changed this site first', {
    details: {
      version: current.version,
      changed: Object.keys(current.partVersions).filter((part) => (current.partVersions[part] ?? 0) > change.version),
      site: { name: current.name, origins: current.origins, settings: current.settings },
    },
  })
}

/** Change a site as one of its admins. */
export const changeSite = async (
  deps: Pick<Deps, 'store' | 'siteCache' | 'dashboard'>,
  actor: SiteActor,
  change: SiteChange,
): Promise<AdminSite> => toAdminSite(actor, await saveSiteChange(deps, actor.site, change))
