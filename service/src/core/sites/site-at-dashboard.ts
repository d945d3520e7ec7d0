import type { Deps } from '../deps.ts'
import type { Site } from '../site.ts'

const PAGE = 200

/** The first site that lists the dashboard's origin, as can happen when that is moved; `null` when none does. */
export const findSiteAtDashboard = async (
  deps: Pick<Deps, 'store' | 'dashboard'>,
): Promise<{ site: Site; origin: string } | null> => {
  let after: string | null = null
  for (;;) {
    const sites: Site[] = await deps.store.sites.list(after, PAGE)
    for (const site of sites) {
      const origin = site.origins.find((one) => one !== 'self' && deps.dashboard.isAt(one))
      if (origin !== undefined) return { site, origin }
    }
    after = sites.at(-1)?.id ?? null
    if (sites.length < PAGE || after === null) return null
  }
}
