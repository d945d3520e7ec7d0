import { ReparteeError } from '@repartee/sdk/protocol'
import type { Deps } from '../deps.ts'
import type { Site } from '../site.ts'
import { createSite } from './create-site.ts'

/** The public key of the demo page's site. */
export const DEMO_KEY = 'demo'

/**
 * The demo page's site, created on first use. Only the service's own pages may embed it; its rate limits are high. `null`
 * once the operator has deleted it: an installation that has been set up gets no new one.
 */
export const ensureDemo = async (
  deps: Pick<Deps, 'store' | 'siteCache' | 'dashboard' | 'now'>,
): Promise<Site | null> => {
  const found = await deps.store.sites.findByKey(DEMO_KEY)
  if (found !== null) return found.deletesAt === null ? found : null
  if (await deps.store.accounts.any()) return null
  try {
    return await createSite(deps, {
      key: DEMO_KEY,
      name: 'Demo',
      origins: ['self'],
      settings: { commentsPerMinute: 120 },
    })
  } catch (cause) {
    const created = cause instanceof ReparteeError ? await deps.store.sites.findByKey(DEMO_KEY) : null
    if (created === null) throw cause
    return created
  }
}
