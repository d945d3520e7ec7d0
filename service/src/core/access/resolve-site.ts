import { ReparteeError, siteKeySchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import type { Deps } from '../deps.ts'
import type { Site } from '../site.ts'

/** Find a site by its public key. The answer may be a few seconds old. */
export const resolveSite = async (deps: Pick<Deps, 'store' | 'siteCache'>, siteKey: string): Promise<Site> => {
  if (!v.is(siteKeySchema, siteKey)) throw new ReparteeError('site_not_found')
  const site = await deps.siteCache.get(siteKey, (key) => deps.store.sites.findByKey(key))
  // A deleted site can be restored, but readers do not see it meanwhile.
  if (site === null || site.deletesAt !== null) throw new ReparteeError('site_not_found')
  return site
}
