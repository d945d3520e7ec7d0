import { AdminError } from '@repartee/sdk/protocol/admin'
import { parseUrl } from '../../core/parse-url.ts'
import type { HttpRequest } from '../http.ts'

/** Names that browsers treat as this machine, so that plain HTTP to them cannot be read on the way (Secure Contexts §3.1). */
const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)

const originOf = (host: string): string | null => {
  const url = `http://${host}`
  return parseUrl(url)?.host === host ? url : null
}

const insecure = (): AdminError =>
  new AdminError(
    'insecure_connection',
    'the dashboard works over HTTPS, or at localhost; set PUBLIC_URL or DASHBOARD_URL to its https:// origin',
  )

/**
 * The origin at which the dashboard is used: the configured one, else this machine's own name. Refuses plain HTTP anywhere
 * but on localhost, where a password could be read on the way.
 */
export const dashboardOrigin = (configured: string, host: string): string => {
  const origin = configured === '' ? originOf(host) : configured
  if (origin === null) throw insecure()
  const { protocol, hostname } = new URL(origin)
  if (protocol !== 'https:' && !isLoopback(hostname)) throw insecure()
  return origin
}

/**
 * Refuse requests that pages other than the dashboard send (CSRF). `Origin` is there on every change (Fetch standard
 * §3.1); `Sec-Fetch-Site` also tells reads, and other origins of the same site, from the dashboard's own.
 */
export const requireOwnPage = (request: HttpRequest, method: string, origin: string): void => {
  const site = request.header('sec-fetch-site')
  const isRead = method === 'GET'
  // `none`: the reader opened it themselves, as with a download.
  const isOwn = site === '' || site === 'same-origin' || (isRead && site === 'none')
  const sent = request.header('origin')
  if (!isOwn || (sent === '' ? !isRead : sent !== origin)) throw new AdminError('cross_site_request')
}
