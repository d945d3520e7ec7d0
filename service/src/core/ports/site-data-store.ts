/** The kinds of rows a site has, in the order they are exported and deleted. */
export const siteParts = [
  'authors',
  'threads',
  'comments',
  'revisions',
  'reactions',
  'reply_counts',
  'thread_heads',
  'credentials',
  'site_beacons',
  'site_checks',
] as const
export type SitePart = (typeof siteParts)[number]

/**
 * What is exported: everything people wrote. Counts are made from it, credentials are secrets, and where the site was
 * embedded is found out anew.
 */
export type ExportedPart = Exclude<
  SitePart,
  'reply_counts' | 'thread_heads' | 'credentials' | 'site_beacons' | 'site_checks'
>

/** A row as it is exported: JSON values, times in epoch milliseconds. */
export type ExportedRow = Readonly<Record<string, unknown>>

/** Everything that belongs to a site, to take away or to delete. */
export type SiteDataStore = {
  /** The rows of a part after a position, in the order of their keys; `next` is `null` at the end. */
  page(
    siteId: string,
    part: ExportedPart,
    after: readonly string[] | null,
    limit: number,
  ): Promise<{ rows: ExportedRow[]; next: readonly string[] | null }>
  /** Delete up to `limit` rows of a part. Resolves with their number. */
  deleteSome(siteId: string, part: SitePart, limit: number): Promise<number>
  /** Delete the site itself, if it is still marked as deleted. */
  deleteSite(siteId: string, dueAt: number): Promise<boolean>
  /** Sites whose time to be restored is over, the longest first. */
  due(nowAt: number, limit: number): Promise<{ id: string; publicKey: string }[]>
}
