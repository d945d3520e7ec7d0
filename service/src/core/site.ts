import type { SitePublic, SiteSettings } from '@repartee/sdk/protocol'

/** A registered customer. */
export type Site = {
  readonly id: string
  /** Stands in the snippet and in every URL. */
  readonly publicKey: string
  readonly name: string
  /** Exact origins that may embed it; `self` is the service's own. */
  readonly origins: readonly string[]
  readonly settings: SiteSettings
  readonly createdAt: number
}

/** What every reader may know of a site. */
export const publicSite = (site: Site): SitePublic => ({
  key: site.publicKey,
  name: site.name,
  guests: site.settings.guests,
  maxBodyLength: site.settings.maxBodyLength,
  editWindowMs: site.settings.editWindowMs,
  reactions: [...site.settings.reactions],
})
