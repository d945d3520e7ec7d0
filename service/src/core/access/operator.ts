import type { Actor } from '../actor.ts'
import { NIL_ID } from '../nil-id.ts'
import type { Site } from '../site.ts'

/** Act for whoever runs the service, on one site: the command line, never a request from outside. */
export const asOperator = (site: Site): Actor => ({
  site,
  reader: { id: NIL_ID, name: 'operator', role: 'owner' },
  network: 'local',
})
