import { admin } from '$lib/admin/admin.ts'
import { explain } from '$lib/admin/explain-error.ts'
import { setSite } from '$lib/admin/queries.ts'
import { fill, t } from '$lib/i18n/index.ts'
import { notify } from '$lib/state/toasts.svelte.ts'

/** Bring a deleted site back, and say so. */
export const restoreSite = async (key: string): Promise<void> => {
  try {
    const site = await admin.restoreSite(key)
    setSite(site)
    notify({ text: fill(t().sites.list.restored, { name: site.name }) })
  } catch (error) {
    notify({ text: explain(error), tone: 'danger' })
  }
}
