import { accountRoutes } from './account-routes.ts'
import type { AdminRoute } from './admin-route.ts'
import { installationRoutes } from './installation-routes.ts'
import { invitationRoutes } from './invitation-routes.ts'
import { mailRoutes } from './mail-routes.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { siteRoutes } from './site-routes.ts'

/** Every operation below /api/v1/admin. */
export const adminRoutes: readonly AdminRoute[] = [
  ...signInRoutes,
  ...accountRoutes,
  ...invitationRoutes,
  ...mailRoutes,
  ...siteRoutes,
  ...installationRoutes,
]
