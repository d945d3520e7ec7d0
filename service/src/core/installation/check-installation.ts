import { ReparteeError } from '@repartee/sdk/protocol'
import { AdminError, type InstallationCheck } from '@repartee/sdk/protocol/admin'
import { isAllowedOrigin } from '../access/check-origin.ts'
import { parseUrl } from '../parse-url.ts'
import type { Site } from '../site.ts'
import { type CheckDeps, runCheck } from './run-check.ts'
import { toCheck } from './to-check.ts'

const parsePage = (text: string): URL => {
  const url = parseUrl(text)
  const isPage = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  if (!isPage)
    throw new ReparteeError('invalid_request', 'url: expected the address of a page, with https:// or http://')
  url.hash = ''
  return url
}

/**
 * Look at a page of one of the site's origins: is the snippet there, and does anything keep it from working? The page is
 * then watched. A page of another origin is not fetched. The caller limits the rate.
 */
export const checkInstallation = async (
  deps: CheckDeps,
  site: Site,
  input: { url: string },
): Promise<InstallationCheck> => {
  if (site.deletesAt !== null) throw new AdminError('site_deleted')
  const page = parsePage(input.url)
  const { origin, href: url } = page
  if (!isAllowedOrigin(site.origins, origin, new URL(deps.publicUrl()).host)) {
    const problem = { kind: 'origin_not_listed', origin: origin.slice(0, 300) } as const
    const checkedAt = deps.now()
    return { url, findings: [problem], checkedAt, problem, since: checkedAt }
  }
  const checks = await deps.store.installations.readChecks(site.id)
  return toCheck(
    await runCheck(
      deps,
      site,
      { origin, url },
      checks.find((last) => last.url === url),
    ),
  )
}
