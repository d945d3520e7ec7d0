import {
  checkInstallationRequestSchema,
  installationCheckSchema,
  installationSchema,
} from '@repartee/sdk/protocol/admin'
import { checkRules, enforceAdminLimit } from '../../core/accounts/account-rate-rules.ts'
import { checkInstallation } from '../../core/installation/check-installation.ts'
import { readInstallation } from '../../core/installation/read-installation.ts'
import { adminRoute } from './admin-route.ts'

/** Whether a site is installed, and what keeps it from working. */
export const installationRoutes = [
  adminRoute({
    method: 'GET',
    path: '/sites/:site/installation',
    name: 'admin.site.installation',
    summary: 'Where a site is embedded, and what the checks of its pages found',
    responses: { 200: installationSchema },
    run: async ({ deps, actor }) => ({ status: 200, data: await readInstallation(deps, actor.site) }),
  }),
  adminRoute({
    method: 'POST',
    path: '/sites/:site/installation/check',
    name: 'admin.site.installation.check',
    summary: 'Look at a page of the site now, and check it every few hours from now on',
    body: checkInstallationRequestSchema,
    responses: { 200: installationCheckSchema },
    run: async ({ deps, actor, body }) => {
      await enforceAdminLimit(deps, 'checks', checkRules(actor.site.id))
      return { status: 200, data: await checkInstallation(deps, actor.site, body) }
    },
  }),
]
