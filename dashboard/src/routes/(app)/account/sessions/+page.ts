import { queryClient, sessionsQuery } from '$lib/admin/queries.ts'

export const load = (): void => void queryClient.prefetchQuery(sessionsQuery())
