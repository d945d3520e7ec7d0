export type RedisAddress = { readonly host: string; readonly port: number }

/** Where Redis is and how to log in, as parsed from `REDIS_URL`. */
export type RedisTarget = {
  readonly username: string | null
  readonly password: string | null
  readonly tls: boolean
  readonly db: number
} & (
  | { readonly kind: 'single'; readonly address: RedisAddress }
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'sentinel'
      readonly sentinels: readonly RedisAddress[]
      readonly master: string
      readonly sentinelPassword: string | null
    }
  | { readonly kind: 'cluster'; readonly seeds: readonly RedisAddress[] }
)

const KINDS = { '': 'single', '+sentinel': 'sentinel', '+cluster': 'cluster' } as const
const PORTS = { single: 6379, sentinel: 26379, cluster: 6379 }

const SCHEME = /^(?:(redis|rediss)(\+sentinel|\+cluster)?|(unix)):\/\//
/** Parsed here, since the URL standard does not allow several hosts. */
const REST = /^(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^@/?#]*)((?:\/[^?#]*)?)(?:\?([^#]*))?$/
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/

// The URL holds a password, so no message repeats it.
const refuse = (why: string): never => {
  throw new Error(`not a Redis URL: ${why}`)
}

const address = (text: string, defaultPort: number): RedisAddress => {
  const [, host, port] = HOST.exec(text) ?? refuse('a host is missing or malformed')
  const number = port === undefined ? defaultPort : Number(port)
  if (host === undefined || number < 1 || number > 65_535) return refuse('a port is out of range')
  return { host: host.replace(/^\[|\]$/g, ''), port: number }
}

const database = (text: string): number =>
  /^\d{1,4}$/.test(text) ? Number(text) : refuse('the database is not a number')

const decode = (text: string | undefined): string | null => {
  try {
    return text === undefined || text === '' ? null : decodeURIComponent(text)
  } catch {
    return refuse('a percent sign does not encode anything')
  }
}

const readOptions = (query: string, known: readonly string[]): URLSearchParams => {
  const options = new URLSearchParams(query)
  for (const name of options.keys()) if (!known.includes(name)) refuse(`unknown option ${name}`)
  return options
}

/**
 * Parse a Redis URL, or throw an error that says what is wrong without repeating secrets:
 * - `redis://[user[:password]@]host[:6379][/db]`: one server; `redis://:password@…` without a user
 * - `unix://[user[:password]@]/path/to.sock[?db=0]`: one server on this machine
 * - `redis+sentinel://[user[:password]@]host[:26379],host…/master[/db][?sentinelPassword=…]`: the master that Sentinel names
 * - `redis+cluster://[user[:password]@]host[:6379],host…`: a Redis Cluster, found through some of its nodes
 *
 * `rediss` instead of `redis` is TLS, verified against the certificate authorities of Node (`NODE_EXTRA_CA_CERTS` adds some).
 */
export const parseRedisUrl = (url: string): RedisTarget => {
  const scheme = SCHEME.exec(url) ?? refuse('it starts with none of redis, rediss, unix, +sentinel, +cluster')
  const rest = REST.exec(url.slice(scheme[0].length)) ?? refuse('malformed; are special characters percent-encoded?')
  const [, user, secret, hosts = '', path = '', query = ''] = rest
  const access = { username: decode(user), password: decode(secret), tls: scheme[1] === 'rediss' }
  if (scheme[3] === 'unix') {
    if (hosts !== '' || path.length < 2) refuse('unix needs an absolute path')
    const options = readOptions(query, ['db'])
    return { ...access, kind: 'socket', path: decode(path) ?? '', db: database(options.get('db') ?? '0') }
  }
  const kind = KINDS[(scheme[2] ?? '') as keyof typeof KINDS]
  const [first, ...others] = hosts.split(',').map((host) => address(host, PORTS[kind]))
  if (first === undefined) return refuse('no host')
  const parts = path.split('/').slice(1)
  if (kind === 'sentinel') {
    const [master = '', db = ''] = parts
    if (master === '' || parts.length > 2) refuse('sentinel needs the name of the master, then at most a database')
    const sentinelPassword = readOptions(query, ['sentinelPassword']).get('sentinelPassword')
    const sentinels = [first, ...others]
    return { ...access, kind, sentinels, master: decode(master) ?? '', sentinelPassword, db: database(db || '0') }
  }
  readOptions(query, [])
  const [db = ''] = parts
  if (parts.length > 1) refuse('more path than a database')
  if (kind === 'cluster') {
    if (db !== '') refuse('a cluster has no databases')
    return { ...access, kind, seeds: [first, ...others], db: 0 }
  }
  if (others.length > 0) refuse('several hosts need +sentinel or +cluster')
  return { ...access, kind, address: first, db: database(db || '0') }
}
