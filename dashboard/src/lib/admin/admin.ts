import { createAdminClient } from '@repartee/sdk/admin'

/** The service that serves this page. */
export const admin = createAdminClient()
