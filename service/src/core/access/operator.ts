import type { Actor } from '../actor.ts'
import type { Site } from '../site.ts'

/** Act for whoever runs the service, on one site: the command line, never a request from outside. */
export const asOperator = (site: Site): Actor => ({
  site,
  reader: { id: '00000000-0000-0000-0000-000000000000', name: 'operator', role: 'owner' },
  network: 'local',
})
