import { accountQuery, queryClient, siteListQuery } from '$lib/admin/queries.ts'
import { needTexts } from '$lib/i18n/index.ts'

export const load = async (): Promise<void> => {
  // Asked for beside the texts; the page waits only for those.
  void queryClient.prefetchQuery(accountQuery())
  void queryClient.prefetchQuery(siteListQuery())
  await needTexts('shell')
}
