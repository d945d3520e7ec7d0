/** `scheme://host:port/path` of CSP3 §2.3.1, of which only the host is needed. */
const HOST_SOURCE =
  /^(?:(?<scheme>[a-z][a-z\d+.-]*):\/\/)?(?<host>\*|(?:\*\.)?[a-z\d-]+(?:\.[a-z\d-]+)*)(?::(?<port>\d+|\*))?(?<path>\/[^?#]*)?$/i
const SCHEME_SOURCE = /^(?<scheme>[a-z][a-z\d+.-]*):$/i

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'ws:': '80', 'https:': '443', 'wss:': '443' }

/** What a scheme also allows: the more secure one. CSP3 §6.7.2.9 has more for WebSockets, which browsers do not follow. */
const upgrades: Readonly<Record<string, string>> = { 'http:': 'https:', 'ws:': 'wss:' }

const schemeMatches = (allowed: string, actual: string): boolean => allowed === actual || upgrades[allowed] === actual

/** CSP3 §6.7.2.10; a wildcard stands for one or more labels. */
const hostMatches = (allowed: string, actual: string): boolean =>
  allowed === '*' || (allowed.startsWith('*.') ? actual.endsWith(allowed.slice(1)) : allowed === actual)

/** CSP3 §6.7.2.11. */
const portMatches = (allowed: string | undefined, url: URL): boolean => {
  const usual = defaultPorts[url.protocol]
  const actual = url.port === '' ? usual : url.port
  if (allowed === undefined) return actual === usual
  return allowed === '*' || allowed === actual || (allowed === '80' && actual === '443' && usual === '443')
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** CSP3 §6.7.2.12: a path that ends in a slash allows all below it, any other only itself. */
const pathMatches = (allowed: string | undefined, path: string): boolean => {
  if (allowed === undefined || allowed === '/') return true
  return allowed.endsWith('/') ? decoded(path).startsWith(decoded(allowed)) : decoded(path) === decoded(allowed)
}

/** `'self'` also allows the page's own host over a more secure scheme or a WebSocket (CSP3 §6.7.2.8). */
const isSelf = (url: URL, page: URL): boolean => {
  if (url.hostname !== page.hostname) return false
  const usual = (one: URL): boolean => one.port === '' || one.port === defaultPorts[one.protocol]
  if (url.port !== page.port && !(usual(url) && usual(page))) return false
  return (
    url.protocol === page.protocol ||
    url.protocol === 'https:' ||
    url.protocol === 'wss:' ||
    (page.protocol === 'http:' && url.protocol === 'ws:')
  )
}

/** Whether one source expression of a page's policy allows a URL. */
const matches = (source: string, url: URL, page: URL): boolean => {
  if (source === '*') return Object.hasOwn(defaultPorts, url.protocol)
  if (source.toLowerCase() === "'self'") return isSelf(url, page)
  const scheme = SCHEME_SOURCE.exec(source)?.groups?.scheme
  if (scheme !== undefined) return schemeMatches(`${scheme.toLowerCase()}:`, url.protocol)
  const parts = HOST_SOURCE.exec(source)?.groups
  if (parts === undefined) return false
  return (
    schemeMatches(parts.scheme === undefined ? page.protocol : `${parts.scheme.toLowerCase()}:`, url.protocol) &&
    hostMatches((parts.host ?? '').toLowerCase(), url.hostname) &&
    portMatches(parts.port, url) &&
    pathMatches(parts.path, url.pathname)
  )
}

/** Whether a source list of a page's policy allows a URL. `'none'` beside others says nothing, and alone matches nothing. */
export const allowsUrl = (sources: readonly string[], url: URL, page: URL): boolean =>
  sources.some((source) => matches(source, url, page))
