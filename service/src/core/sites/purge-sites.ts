import type { Deps } from '../deps.ts'
import type { Logger } from '../ports/logger.ts'
import { siteParts } from '../ports/site-data-store.ts'

const BATCH = 500
const SITES = 20

/** Delete everything of the sites whose time to be restored is over. Safe on several nodes at once, and after a crash. */
export const purgeSites = async (
  deps: Pick<Deps, 'store' | 'siteCache' | 'now'> & { readonly log: Logger },
): Promise<number> => {
  const nowAt = deps.now()
  const due = await deps.store.siteData.due(nowAt, SITES)
  for (const site of due) {
    // The site goes last: until then a run that was cut is found again.
    for (const part of siteParts) while ((await deps.store.siteData.deleteSome(site.id, part, BATCH)) === BATCH);
    await deps.store.siteData.deleteSite(site.id, nowAt)
    deps.siteCache.forget(site.publicKey)
    deps.log.info('deleted a site for good', { site: site.publicKey })
  }
  return due.length
}
