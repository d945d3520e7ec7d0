/** One server of `DATABASE_URL`. */
export type Address = { readonly host: string; readonly port: number }

/** No encryption; encryption; or encryption and a server certificate that must name `host`. */
export type TlsMode = 'disable' | 'require' | 'verify-full'

/** `DATABASE_URL`, parsed. */
export type ConnectionUrl = {
  readonly addresses: readonly Address[]
  readonly user: string | undefined
  readonly password: string | undefined
  readonly database: string | undefined
  readonly tls: {
    readonly mode: TlsMode
    /** Paths of PEM files. */
    readonly rootCert?: string
    readonly cert?: string
    readonly key?: string
  }
  readonly applicationName: string
}

const DEFAULT_PORT = 5_432
const modes: readonly string[] = ['disable', 'require', 'verify-full'] satisfies TlsMode[]
const known = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'application_name', 'host', 'port']

/** What is wrong with `DATABASE_URL`. The message never contains the URL, because it holds the password. */
export class ConnectionUrlError extends Error {
  override readonly name = 'ConnectionUrlError'
}

const wrong = (why: string): ConnectionUrlError => new ConnectionUrlError(`DATABASE_URL: ${why}`)

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('invalid percent-encoding')
  }
}

const given = (text: string | null | undefined): string | undefined =>
  text === undefined || text === null || text === '' ? undefined : decode(text)

/** `host`, `host:port`, `[v6]` or `[v6]:port`. */
const toAddress = (text: string): Address => {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text)
  const host = match?.[1] ?? given(match?.[2])
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3])
  if (host === undefined || port < 1 || port > 65_535) throw wrong('expected host or host:port, separated by commas')
  return { host, port }
}

/** A folder given as `?host=/run/postgresql`, for a server on the same machine. */
const toSocket = (query: URLSearchParams): Address[] => {
  const host = query.get('host')
  if (host === null || !host.startsWith('/')) throw wrong('no host')
  return [{ host, port: Number(query.get('port') ?? DEFAULT_PORT) }]
}

const toTls = (query: URLSearchParams): ConnectionUrl['tls'] => {
  const mode = query.get('sslmode') ?? 'disable'
  if (!modes.includes(mode)) throw wrong(`sslmode must be one of ${modes.join(', ')}`)
  const [rootCert, cert, key] = [query.get('sslrootcert'), query.get('sslcert'), query.get('sslkey')]
  if ((cert === null) !== (key === null)) throw wrong('sslcert and sslkey must be given together')
  return {
    mode: mode as TlsMode,
    ...(rootCert !== null && { rootCert }),
    ...(cert !== null && { cert }),
    ...(key !== null && { key }),
  }
}

/**
 * Read `postgres://user:password@h1:26257,h2:26257/database?sslmode=verify-full&sslrootcert=…&sslcert=…&sslkey=…`.
 * Throws on parameters it does not know.
 */
export const parseConnectionUrl = (url: string): ConnectionUrl => {
  const match = /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url)
  if (match === null) throw wrong('expected postgres://user:password@host:port/database')
  const [, user, password, hosts = '', database, rest] = match
  const query = new URLSearchParams(rest)
  for (const name of query.keys()) if (!known.includes(name)) throw wrong(`unknown parameter ${name}`)
  return {
    addresses: hosts === '' ? toSocket(query) : hosts.split(',').map(toAddress),
    user: given(user),
    password: given(password),
    database: given(database),
    tls: toTls(query),
    applicationName: query.get('application_name') ?? 'repartee',
  }
}
