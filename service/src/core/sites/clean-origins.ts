import { ReparteeError } from '@repartee/sdk/protocol'
import { AdminError } from '@repartee/sdk/protocol/admin'
import { parseUrl } from '../parse-url.ts'

const MAX_ORIGINS = 100

/** Scheme, host and port, with or without a final slash. Anything more is part of a page's address. */
const originForm = /^(https?:\/\/)[^\s/?#@\\]+\/?$/i

const refuse = (origin: string, suggestion: string | null): AdminError =>
  new AdminError('origin_invalid', `origins: ${origin.slice(0, 100)} is not like https://blog.example`, {
    details: { origin: origin.slice(0, 200), suggestion },
  })

/** What was probably meant: the origin of a page's address, or of a bare host name. */
const suggestionFor = (text: string): string | null => {
  const url = /^https?:\/\//i.test(text) ? text : `https://${text}`
  const parsed = parseUrl(url)
  if (parsed === null) return null
  const { origin, hostname } = parsed
  return hostname.includes('.') && origin !== 'null' ? origin : null
}

/** URLs allow longer names than there can be (RFC 1035 §2.3.4), and characters such as `*`, which no browser sends. */
const isHostName = (hostname: string): boolean =>
  /^([\w.-]+|\[[0-9a-f:.]+\])$/.test(hostname) &&
  hostname.length <= 253 &&
  hostname.split('.').every((label) => label.length <= 63)

/** An origin as browsers send it: lower case, Punycode, no default port, no final slash. Refuses anything else. */
const cleanOrigin = (raw: string): string => {
  const text = raw.trim()
  if (text === 'self') return text
  const parsed = originForm.test(text) ? parseUrl(text) : null
  if (parsed === null) throw refuse(text, suggestionFor(text))
  const { origin, hostname } = parsed
  if (!isHostName(hostname)) throw refuse(text, null)
  return origin
}

/**
 * A site's allowed origins as browsers send them, without duplicates. `self` stands for the service's own pages. Refuses
 * what is no origin, and the dashboard's: a script of a page there could act as the owner.
 */
export const cleanOrigins = (origins: readonly string[], isDashboard: (origin: string) => boolean): string[] => {
  const clean = [...new Set(origins.map(cleanOrigin))]
  if (clean.length > MAX_ORIGINS) throw new ReparteeError('invalid_request', `origins: at most ${MAX_ORIGINS}`)
  const dashboard = clean.find((origin) => origin !== 'self' && isDashboard(origin))
  if (dashboard !== undefined)
    throw new AdminError(
      'origin_is_dashboard',
      `origins: ${dashboard} serves the dashboard; a page there could act as the owner. Serve the dashboard at another origin, and name it in DASHBOARD_URL`,
      { details: { origin: dashboard } },
    )
  return clean
}
