import { invitationsQuery, queryClient } from '$lib/admin/queries.ts'

export const load = (): void => void queryClient.prefetchQuery(invitationsQuery())
