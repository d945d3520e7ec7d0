import { isAllowedOrigin } from '../access/check-origin.ts'
import type { Actor } from '../actor.ts'
import { normaliseName } from '../markdown/text.ts'
import { parseUrl } from '../parse-url.ts'

const MAX_URL = 2_048
const MAX_TITLE = 300

/** A page's address as stored: http or https on an origin the site allows, or else the empty string. */
export const cleanUrl = (actor: Actor, raw: string | undefined): string => {
  if (raw === undefined || parseUrl(raw) === null) return ''
  const url = new URL(raw)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return ''
  if (!isAllowedOrigin(actor.site.origins, url.origin, actor.host)) return ''
  url.username = ''
  url.password = ''
  url.hash = ''
  return url.href.length > MAX_URL ? '' : url.href
}

/** A page's title as stored: one line of plain text. */
export const cleanTitle = (raw: string | undefined): string =>
  Array.from(normaliseName(raw ?? ''))
    .slice(0, MAX_TITLE)
    .join('')
