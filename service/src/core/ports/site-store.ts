import type { Site } from '../site.ts'

export type SiteStore = {
  findByKey(publicKey: string): Promise<Site | null>
  list(after: string | null, limit: number): Promise<Site[]>
  /** `null` when the public key is taken. */
  create(site: Site): Promise<Site | null>
  update(siteId: string, change: Pick<Site, 'name' | 'origins' | 'settings'>): Promise<Site | null>
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
