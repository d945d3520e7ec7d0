import type { Deps } from '../deps.ts'
import type { StoredCheck } from '../ports/installation-store.ts'
import type { Site } from '../site.ts'
import { checkPage } from './check-page.ts'
import { hadSnippet, isDoubtful, problemOf } from './problem-of.ts'

export type CheckDeps = Pick<Deps, 'store' | 'outbound' | 'publicUrl' | 'now'>

const HOUR_MS = 60 * 60_000
/** A page is checked again about this often. */
const EVERY_MS = 6 * HOUR_MS
/** What may be a passing fault is looked at again soon, before it counts. */
const AGAIN_MS = HOUR_MS / 4

/** Between three quarters and five quarters of a time, so that pages do not come due together. */
const about = (ms: number): number => Math.round(ms * (0.75 + Math.random() / 2))

/** Check a page, and store what was found. `last` is its last check, if it was checked before. */
export const runCheck = async (
  deps: CheckDeps,
  site: Site,
  page: { origin: string; url: string },
  last: Pick<StoredCheck, 'findings' | 'problem'> | undefined,
): Promise<StoredCheck> => {
  const findings = await checkPage(deps, site, page.url)
  const problem = problemOf(findings, { hadSnippet: last !== undefined && hadSnippet(last) })?.kind ?? null
  const checkedAt = deps.now()
  const isNew = problem !== null && problem !== last?.problem
  const dueAt = checkedAt + about(isNew && isDoubtful(problem) ? AGAIN_MS : EVERY_MS)
  const check = { ...page, findings, problem, checkedAt }
  const stored = await deps.store.installations.saveCheck({ siteId: site.id, ...check, dueAt })
  // A later check is stored already; this one was still asked for.
  return stored ?? { ...check, since: problem === null ? null : checkedAt }
}
