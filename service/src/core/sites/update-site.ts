import { ReparteeError } from '@repartee/sdk/protocol'
import type { Deps } from '../deps.ts'
import type { Site } from '../site.ts'
import { cleanOrigins } from './clean-origins.ts'
import { cleanSiteName, parseSettings } from './site-input.ts'

/** Change the given properties and settings of a site. Operators only. */
export const updateSite = async (
  deps: Pick<Deps, 'store' | 'siteCache'>,
  input: { key: string; name?: string; origins?: readonly string[]; settings?: Readonly<Record<string, unknown>> },
): Promise<Site> => {
  const site = await deps.store.sites.findByKey(input.key)
  if (site === null) throw new ReparteeError('site_not_found')
  const updated = await deps.store.sites.update(site.id, {
    name: input.name === undefined ? site.name : cleanSiteName(input.name),
    origins: input.origins === undefined ? site.origins : cleanOrigins(input.origins),
    settings: parseSettings({ ...site.settings, ...input.settings }),
  })
  if (updated === null) throw new ReparteeError('site_not_found')
  deps.siteCache.forget(site.publicKey)
  return updated
}
