import type { Counts } from '@repartee/sdk/protocol'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'

/** The number of visible comments of each page; 0 for a page without a thread. */
export const countComments = async (
  deps: Pick<Deps, 'store'>,
  actor: Actor,
  input: { pages: readonly string[] },
): Promise<Counts> => {
  const pages = [...new Set(input.pages)]
  const counts = new Map(
    Object.entries(pages.length === 0 ? {} : await deps.store.threads.counts(actor.site.id, pages)),
  )
  return { counts: Object.fromEntries(pages.map((page) => [page, counts.get(page) ?? 0])) }
}
