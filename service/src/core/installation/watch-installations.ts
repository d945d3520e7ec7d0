import { ReparteeError } from '@repartee/sdk/protocol'
import { isAllowedOrigin } from '../access/check-origin.ts'
import { resolveSite } from '../access/resolve-site.ts'
import type { Deps } from '../deps.ts'
import type { DueCheck } from '../ports/installation-store.ts'
import type { Logger } from '../ports/logger.ts'
import { type CheckDeps, runCheck } from './run-check.ts'

type WatchDeps = CheckDeps & Pick<Deps, 'siteCache' | 'metrics'>

/** Pages that a node checks at a time. */
const AT_ONCE = 4
/** Pause between two rounds when nothing more is due. */
const ROUND_MS = 60_000
/** Longer than a check takes. A page whose node ended meanwhile is checked by another after this. */
const CLAIM_MS = 10 * 60_000

const findSite = async (deps: WatchDeps, siteKey: string | null) => {
  try {
    return siteKey === null ? null : await resolveSite(deps, siteKey)
  } catch (error) {
    if (error instanceof ReparteeError && error.code === 'site_not_found') return null
    throw error
  }
}

const checkAgain = async (deps: WatchDeps, { siteId, siteKey, last }: DueCheck): Promise<string> => {
  const site = await findSite(deps, siteKey)
  if (site === null || !isAllowedOrigin(site.origins, last.origin, new URL(deps.publicUrl()).host)) {
    await deps.store.installations.forgetCheck(siteId, last.origin)
    return 'forgotten'
  }
  const { problem } = await runCheck(deps, site, last, last)
  return problem ?? 'ok'
}

/**
 * Go on checking the known pages of all sites, each every few hours, on any number of nodes: a page is claimed by one of
 * them. Returns a function that stops it and waits for the checks in progress.
 */
export const watchInstallations = (deps: WatchDeps, log: Logger): (() => Promise<void>) => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  const checkOne = async (due: DueCheck): Promise<void> => {
    try {
      deps.metrics.count('installation_checks', { outcome: await checkAgain(deps, due) })
    } catch (error) {
      deps.metrics.count('installation_checks', { outcome: 'failed' })
      log.warn('a page could not be checked', { siteId: due.siteId, error })
    }
  }

  const round = async (): Promise<void> => {
    while (!stopped) {
      const nowAt = deps.now()
      const due = await deps.store.installations.claimChecks({ nowAt, untilAt: nowAt + CLAIM_MS, limit: AT_ONCE })
      await Promise.all(due.map(checkOne))
      if (due.length < AT_ONCE) return
    }
  }

  const schedule = (): void => {
    if (stopped) return
    timer = setTimeout(
      () => {
        running = round()
          .catch((error: unknown) => log.warn('pages that are due could not be read', { error }))
          .finally(schedule)
      },
      ROUND_MS * (0.5 + Math.random()),
    )
    timer.unref()
  }
  schedule()

  return async () => {
    stopped = true
    clearTimeout(timer)
    await running
  }
}
