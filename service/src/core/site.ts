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
  /** Counts the changes of name, origins and settings, so that two people do not overwrite each other. */
  readonly version: number
  /** The version in which each part was last changed: `name`, `origins`, `settings.guests` … */
  readonly partVersions: Readonly<Record<string, number>>
  /** Who owns it; `null` until the installation has an operator. */
  readonly organisationId: string | null
  readonly createdAt: number
  /** Deleted, and gone for good at this time. Until then it can be restored. */
  readonly deletesAt: number | null
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
