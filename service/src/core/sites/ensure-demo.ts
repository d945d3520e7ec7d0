import { ReparteeError } from '@repartee/sdk/protocol'
import type { Deps } from '../deps.ts'
import type { Site } from '../site.ts'
import { createSite } from './create-site.ts'

/** The public key of the demo page's site. */
export const DEMO_KEY = 'demo'

/** The site of the demo page, made on first use: for the service's own pages only, and generous to who tries it. */
export const ensureDemo = async (deps: Pick<Deps, 'store' | 'siteCache' | 'now'>): Promise<Site> => {
  const found = await deps.store.sites.findByKey(DEMO_KEY)
  if (found !== null) return found
  try {
    return await createSite(deps, {
      key: DEMO_KEY,
      name: 'Demo',
      origins: ['self'],
      settings: { commentsPerMinute: 120 },
    })
  } catch (cause) {
    const made = cause instanceof ReparteeError ? await deps.store.sites.findByKey(DEMO_KEY) : null
    if (made === null) throw cause
    return made
  }
}
