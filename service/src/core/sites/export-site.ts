import type { Deps } from '../deps.ts'
import type { ExportedPart } from '../ports/site-data-store.ts'
import type { Site } from '../site.ts'

const PAGE = 500
const parts: readonly (readonly [part: ExportedPart, type: string])[] = [
  ['authors', 'author'],
  ['threads', 'thread'],
  ['comments', 'comment'],
  ['revisions', 'revision'],
  ['reactions', 'reaction'],
]

const line = (type: string, row: object): string => `${JSON.stringify({ type, ...row })}\n`

/**
 * Everything of a site as JSON Lines: first the site, then its authors, threads, comments of every status with their
 * source, replaced texts, and reactions. The last line is `{"type":"end"}`, so that a cut export can be told. What is
 * written meanwhile may be in it or not. Times are epoch milliseconds.
 */
export async function* exportSite(deps: Pick<Deps, 'store'>, site: Site): AsyncGenerator<string> {
  const { publicKey: key, name, origins, settings, createdAt } = site
  yield line('site', { format: 1, key, name, origins, settings, created_at: createdAt })
  for (const [part, type] of parts) {
    let after: readonly string[] | null = null
    do {
      const page: Awaited<ReturnType<Deps['store']['siteData']['page']>> = await deps.store.siteData.page(
        site.id,
        part,
        after,
        PAGE,
      )
      if (page.rows.length > 0) yield page.rows.map((row) => line(type, row)).join('')
      after = page.next
    } while (after !== null)
  }
  yield line('end', {})
}
