import type { SitePublic, SiteSettings } from '@repartee/sdk/protocol'

/** A site that embeds comments. */
export type Site = {
  readonly id: string
  /** Identifies the site in the snippet and in every URL. */
  readonly publicKey: string
  readonly name: string
  /** The exact origins that may embed it; `self` is the service's own. */
  readonly origins: readonly string[]
  readonly settings: SiteSettings
  readonly createdAt: number
}

/** The public part of a site. */
export const publicSite = (site: Site): SitePublic => ({
  key: site.publicKey,
  name: site.name,
  guests: site.settings.guests,
  maxBodyLength: site.settings.maxBodyLength,
  editWindowMs: site.settings.editWindowMs,
  reactions: [...site.settings.reactions],
})
