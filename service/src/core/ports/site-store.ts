import type { Site } from '../site.ts'

export type SiteStore = {
  findByKey(publicKey: string): Promise<Site | null>
  list(after: string | null, limit: number): Promise<Site[]>
  /** `null` when the public key is taken. */
  create(site: Site): Promise<Site | null>
  /**
   * Change a site that still has the version `from`; `null` when it has another, or does not exist. `changed` names the
   * parts that become different.
   */
  update(
    siteId: string,
    from: number,
    change: Pick<Site, 'name' | 'origins' | 'settings'>,
    changed: readonly string[],
  ): Promise<Site | null>
  /** The sites of some organisations; keyset by id. */
  listOwned(organisationIds: readonly string[], after: string | null, limit: number): Promise<Site[]>
  /** Delete a site at a time, or restore it with `null`. */
  setDeletesAt(siteId: string, at: number | null): Promise<Site | null>
  /** The moderation queue of each site after an id; keyset by site. */
  queues(after: string | null, limit: number): Promise<SiteQueue[]>
}

export type SiteQueue = {
  readonly siteId: string
  /** Counted up to 1,000. */
  readonly pending: number
  /** When the longest-waiting comment was created; `null` when none waits. */
  readonly oldestAt: number | null
}
