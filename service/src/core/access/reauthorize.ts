import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { checkOrigin } from './check-origin.ts'
import { resolveSite } from './resolve-site.ts'

/** The actor of a connection as his site has it now: what its owner changed holds for those who came before, too. */
export const reauthorize = async (
  deps: Pick<Deps, 'store' | 'siteCache'>,
  actor: Actor,
  origin: string | null,
): Promise<Actor> => {
  const site = await resolveSite(deps, actor.site.publicKey)
  checkOrigin(site.origins, origin, actor.host)
  return { ...actor, site }
}
