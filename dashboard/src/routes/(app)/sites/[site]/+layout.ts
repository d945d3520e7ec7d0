import { queryClient, siteQuery } from '$lib/admin/queries.ts'
import type { LayoutLoad } from './$types'

export const load: LayoutLoad = ({ params }) => void queryClient.prefetchQuery(siteQuery(params.site))
