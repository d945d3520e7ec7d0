import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { checkOrigin } from './check-origin.ts'
import { resolveSite } from './resolve-site.ts'

/** A connection's actor under the site's current settings and origins, which may have changed since it connected. */
export const reauthorize = async (
  deps: Pick<Deps, 'store' | 'siteCache'>,
  actor: Actor,
  origin: string | null,
): Promise<Actor> => {
  const site = await resolveSite(deps, actor.site.publicKey)
  checkOrigin(site.origins, origin, actor.host)
  return { ...actor, site }
}
