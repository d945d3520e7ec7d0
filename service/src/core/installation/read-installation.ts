import type { Installation, InstallationStatus } from '@repartee/sdk/protocol/admin'
import type { Deps } from '../deps.ts'
import type { StoredBeacon, StoredCheck } from '../ports/installation-store.ts'
import type { Site } from '../site.ts'
import { isDoubtful } from './problem-of.ts'
import { toCheck } from './to-check.ts'

/** A site with few readers may have no visit for some days. */
const LATELY_MS = 7 * 24 * 60 * 60_000

type Seen = Pick<StoredBeacon, 'firstSeenAt' | 'lastSeenAt'>

/** Whether the last check found a problem that is beyond doubt, was found twice, or was not refuted by readers. */
const isProblem = (check: StoredCheck, seen: Seen | undefined): boolean => {
  if (check.problem === null || check.since === null) return false
  if (!isDoubtful(check.problem)) return true
  return check.checkedAt > check.since && (seen?.lastSeenAt ?? 0) < check.since
}

const statusOf = (nowAt: number, check: StoredCheck | undefined, seen: Seen | undefined): InstallationStatus => {
  if (check !== undefined && isProblem(check, seen)) return 'problem'
  if (seen !== undefined && nowAt - seen.lastSeenAt < LATELY_MS) return 'installed'
  if (check?.problem === null && check.findings.some(({ kind }) => kind === 'snippet_found')) return 'installed'
  return seen === undefined ? 'never' : 'seen_before'
}

const overall = (
  nowAt: number,
  origins: readonly { status: InstallationStatus }[],
  refused: readonly Seen[],
): InstallationStatus => {
  const has = (status: InstallationStatus): boolean => origins.some((one) => one.status === status)
  if (has('problem')) return 'problem'
  if (has('installed')) return 'installed'
  // Nobody sees comments, and a page that the site does not list asks for them.
  if (refused.some(({ lastSeenAt }) => nowAt - lastSeenAt < LATELY_MS)) return 'problem'
  return has('seen_before') ? 'seen_before' : 'never'
}

/** Where a site is embedded, by what readers' browsers asked for and what checks of its pages found. */
export const readInstallation = async (deps: Pick<Deps, 'store' | 'now'>, site: Site): Promise<Installation> => {
  const [beacons, checks] = await Promise.all([
    deps.store.installations.readBeacons(site.id),
    deps.store.installations.readChecks(site.id),
  ])
  const nowAt = deps.now()
  const seen = new Map(beacons.filter(({ kind }) => kind === 'seen').map((beacon) => [beacon.origin, beacon]))
  // `self` stands for the service's own origin, which is known once a page of it was seen.
  const named = site.origins.filter((origin) => origin !== 'self')
  const own = site.origins.includes('self') ? [...seen.keys()] : []
  const origins = [...new Set([...named, ...own])].map((origin) => {
    const beacon = seen.get(origin)
    const check = checks.find((one) => one.origin === origin)
    return {
      origin,
      status: statusOf(nowAt, check, beacon),
      firstSeenAt: beacon?.firstSeenAt ?? null,
      lastSeenAt: beacon?.lastSeenAt ?? null,
      check: check === undefined ? null : toCheck(check),
    }
  })
  const refused = beacons
    // An origin that was listed since then is not refused any more.
    .filter(({ kind, origin }) => kind === 'refused' && !site.origins.includes(origin))
    .map(({ origin, firstSeenAt, lastSeenAt }) => ({ origin, firstSeenAt, lastSeenAt }))
    .sort((a, b) => b.lastSeenAt - a.lastSeenAt)
  return { status: overall(nowAt, origins, refused), origins, refused }
}
