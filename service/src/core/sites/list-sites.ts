import type { Deps } from '../deps.ts'
import type { Site } from '../site.ts'

/** Sites after an id. Operators only. */
export const listSites = (
  deps: Pick<Deps, 'store'>,
  input: { after?: string | null; limit?: number } = {},
): Promise<Site[]> => deps.store.sites.list(input.after ?? null, Math.min(input.limit ?? 1_000, 1_000))
