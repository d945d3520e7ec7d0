import type { Actor } from '../actor.ts'
import { NIL_ID } from '../nil-id.ts'
import type { Site } from '../site.ts'

/** The actor of the operator's command line. It has every right on the site, so no network request may get it. */
export const asOperator = (site: Site): Actor => ({
  site,
  reader: { id: NIL_ID, name: 'operator', role: 'owner' },
  network: 'local',
})
