import type { InstallationFinding, InstallationFindingKind } from '@repartee/sdk/protocol/admin'

/** What browsers of readers told by asking for comments: from which origin, and whether the site lists it. */
export type Beacon = {
  readonly siteId: string
  readonly kind: 'seen' | 'refused'
  /** As the browser sends it. */
  readonly origin: string
  /** A page of the origin; empty when it is not known. */
  readonly url: string
  readonly seenAt: number
}

export type StoredBeacon = Omit<Beacon, 'siteId' | 'seenAt'> & {
  readonly firstSeenAt: number
  readonly lastSeenAt: number
}

/** The last check of an origin's page. */
export type StoredCheck = {
  readonly origin: string
  readonly url: string
  readonly findings: readonly InstallationFinding[]
  readonly problem: InstallationFindingKind | null
  /** When the problem was first found; `null` without one. */
  readonly since: number | null
  readonly checkedAt: number
}

/** A page whose turn has come. */
export type DueCheck = {
  readonly siteId: string
  /** `null` when the site does not exist any more. */
  readonly siteKey: string | null
  /** What the last check found: nothing before the first. */
  readonly last: Pick<StoredCheck, 'origin' | 'url' | 'findings' | 'problem'>
}

export type NewCheck = Omit<StoredCheck, 'since'> & { readonly siteId: string; readonly dueAt: number }

/** Where sites are embedded, and what is wrong there. */
export type InstallationStore = {
  /**
   * Remember beacons, each of another site, kind or origin. Of the origins a site does not list, whose number strangers
   * choose, only a few are kept, and only for a week after they were last seen. May be repeated.
   */
  recordBeacons(beacons: readonly Beacon[]): Promise<void>
  /** Note pages to be checked from `dueAt` on, of origins without one. May be repeated. */
  addPages(pages: readonly { siteId: string; origin: string; url: string }[], dueAt: number): Promise<void>
  readBeacons(siteId: string): Promise<StoredBeacon[]>
  readChecks(siteId: string): Promise<StoredCheck[]>
  /** Replace the check of an origin unless a later one is stored. A problem that was there before keeps its `since`. */
  saveCheck(check: NewCheck): Promise<StoredCheck | null>
  /** Claim due pages until `untilAt`: no two callers get the same one before that. */
  claimChecks(o: { nowAt: number; untilAt: number; limit: number }): Promise<DueCheck[]>
  /** Forget the page of an origin that the site does not list any more. */
  forgetCheck(siteId: string, origin: string): Promise<void>
}
