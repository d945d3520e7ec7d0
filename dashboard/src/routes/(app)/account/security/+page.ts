import { passkeysQuery, queryClient } from '$lib/admin/queries.ts'

export const load = (): void => void queryClient.prefetchQuery(passkeysQuery())
