import { ReparteeError } from '@repartee/sdk/protocol'
import type { InstallationFinding } from '@repartee/sdk/protocol/admin'
import type { Deps } from '../deps.ts'
import { OutboundError } from '../ports/outbound.ts'
import type { Site } from '../site.ts'
import { judgePage } from './judge-page.ts'

const MAX_BYTES = 4 * 1_024 * 1_024
const TIMEOUT_MS = 15_000
const HEADERS_MS = 8_000
const REDIRECTS = 5

/** Fetch a page of one of the site's origins and judge it. Rejects with `unavailable` when the node is too busy. */
export const checkPage = async (
  deps: Pick<Deps, 'outbound' | 'publicUrl'>,
  site: Pick<Site, 'publicKey' | 'origins'>,
  url: string,
): Promise<InstallationFinding[]> => {
  try {
    const answer = await deps.outbound.get({
      url,
      for: 'installation',
      accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.1',
      maxBytes: MAX_BYTES,
      timeoutMs: TIMEOUT_MS,
      headersMs: HEADERS_MS,
      redirects: REDIRECTS,
    })
    return await judgePage(site, { asked: url, base: deps.publicUrl(), answer })
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error
    if (error.code === 'busy')
      throw new ReparteeError('unavailable', 'too many pages are being checked', { retryAfterMs: 5_000, cause: error })
    const moved: InstallationFinding[] = error.url === url ? [] : [{ kind: 'redirected', to: error.url.slice(0, 300) }]
    return [...moved, { kind: 'unreachable', reason: error.code, detail: error.detail }]
  }
}
