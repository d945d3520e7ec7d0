import { ReparteeError } from '@repartee/sdk/protocol'
import type { Deps } from '../deps.ts'
import type { Site } from '../site.ts'
import { saveSiteChange } from './change-site.ts'

/** Change the given properties and settings of a site. For the operator's command line, which may change every site. */
export const updateSite = async (
  deps: Pick<Deps, 'store' | 'siteCache' | 'dashboard'>,
  input: { key: string; name?: string; origins?: readonly string[]; settings?: Readonly<Record<string, unknown>> },
): Promise<Site> => {
  const site = await deps.store.sites.findByKey(input.key)
  if (site === null) throw new ReparteeError('site_not_found')
  const { name, origins, settings } = input
  return saveSiteChange(deps, site, { version: site.version, name, origins, settings })
}
