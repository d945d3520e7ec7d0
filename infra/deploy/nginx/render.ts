import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { type RequestHeader, requestHeaders } from '@repartee/service/transport/request-headers'

export type NginxOptions = {
  /** Public ports of the nodes, as HOST:PORT. */
  readonly upstreams: readonly string[]
  readonly port: number
  /** Addresses to listen on. */
  readonly listen: readonly string[]
  /** `null` behind something else that ends TLS. */
  readonly tls: { readonly certificate: string; readonly key: string } | null
  /** A plain port that sends browsers to the TLS port. */
  readonly redirectPort?: number
  /** A port of 127.0.0.1 with `/stub_status`, the counters that an exporter for Prometheus reads. */
  readonly statusPort?: number
  /** Existing folder for the pid file and temporary files; its own user must be able to enter it. */
  readonly state: string
  /** Existing folder for the caches. */
  readonly cache: string
  readonly accessLog: string
  readonly errorLog: string
  /** Account of the workers when nginx is started by root. */
  readonly user?: string
  readonly workers: number | 'auto'
  readonly workerConnections: number
  /** WebSockets and long-polls of one address: an office or a carrier's gateway counts as one. */
  readonly socketsPerAddress: number
  readonly requestsPerAddress: number
  /** Load balancers in front of this nginx, as addresses or CIDR ranges. */
  readonly behind: readonly string[]
}

export const nginxDefaults = {
  port: 443,
  listen: ['0.0.0.0'],
  tls: null,
  state: '/var/lib/repartee-nginx',
  cache: '/var/cache/repartee-nginx',
  accessLog: '/dev/stdout',
  errorLog: 'stderr',
  workers: 'auto',
  workerConnections: 65_535,
  socketsPerAddress: 200,
  requestsPerAddress: 100,
  behind: [],
} as const satisfies Partial<NginxOptions>

const template = new URL('nginx.conf.template', import.meta.url)

/** A value that cannot end its directive or start another. */
const word = (value: string | number): string => {
  if (!/^[\w./:[\]@%+,-]+$/.test(String(value))) throw new Error(`not fit for nginx.conf: ${JSON.stringify(value)}`)
  return String(value)
}

type WrittenByProxies = {
  [Name in RequestHeader]: (typeof requestHeaders)[Name] extends 'proxy' ? Name : never
}[RequestHeader]

/** Headers that are not passed on as the client wrote them; the variables are explained in the template. */
const rewritten: Readonly<Partial<Record<RequestHeader, string>> & Record<WrittenByProxies, string>> = {
  'accept-encoding': '$coding',
  cookie: '$cookie',
  'if-none-match': '$known_version',
  'x-forwarded-for': '$remote_addr',
  'x-request-id': '$request_id',
}

/** What nodes get to see of a request's headers, as names and values in nginx's words. An empty value is not sent. */
const passed = (Object.keys(requestHeaders) as RequestHeader[])
  // nginx writes these for the body as it has read it.
  .filter((name) => requestHeaders[name] !== 'message')
  .map((name) => ({ name, value: rewritten[name] ?? `$http_${name.replaceAll('-', '_')}` }))

const tlsLines = (tls: NginxOptions['tls']): string =>
  tls === null
    ? ''
    : [
        `ssl_certificate ${word(tls.certificate)};`,
        `ssl_certificate_key ${word(tls.key)};`,
        'ssl_protocols TLSv1.2 TLSv1.3;',
        // Forward secrecy and AEAD only; TLS 1.3 has a list of its own.
        'ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;',
        'ssl_prefer_server_ciphers off;',
        'ssl_session_cache shared:tls:20m;',
        'ssl_session_timeout 1d;',
        // Their key would not be rotated, which undoes forward secrecy.
        'ssl_session_tickets off;',
      ].join('\n')

const listenLines = (o: NginxOptions, port: number, flags: string): string =>
  o.listen.map((address) => `listen ${word(address)}:${word(port)}${flags};`).join('\n')

const redirectServer = (o: NginxOptions): string =>
  o.redirectPort === undefined || o.tls === null
    ? ''
    : [
        'server {',
        listenLines(o, o.redirectPort, ''),
        '  server_name _;',
        '  location /.well-known/acme-challenge/ {',
        `    root ${word(o.state)}/acme;`,
        '  }',
        '  location / {',
        `    return 308 https://$host${o.port === 443 ? '' : `:${word(o.port)}`}$request_uri;`,
        '  }',
        '}',
      ].join('\n')

const statusServer = (o: NginxOptions): string =>
  o.statusPort === undefined
    ? ''
    : [
        'server {',
        `  listen 127.0.0.1:${word(o.statusPort)};`,
        '  access_log off;',
        '  location = /stub_status {',
        '    stub_status;',
        '  }',
        '  location / {',
        '    return 404;',
        '  }',
        '}',
      ].join('\n')

const realIp = (behind: readonly string[]): string =>
  behind.length === 0
    ? ''
    : [
        ...behind.map((range) => `set_real_ip_from ${word(range)};`),
        'real_ip_header X-Forwarded-For;',
        'real_ip_recursive on;',
      ].join('\n')

/** The text of nginx.conf. Throws on values that are not fit to stand in it. */
export const renderNginx = (o: NginxOptions): string => {
  if (o.upstreams.length === 0) throw new Error('at least one upstream is needed')
  const values: Readonly<Record<string, string>> = {
    USER_LINE: o.user === undefined ? '' : `user ${word(o.user)};`,
    WORKER_PROCESSES: word(o.workers),
    WORKER_CONNECTIONS: word(o.workerConnections),
    // Each connection and its upstream's, log files and caches.
    OPEN_FILES: word(o.workerConnections * 2 + 1_000),
    STATE: word(o.state),
    CACHE: word(o.cache),
    ACCESS_LOG: word(o.accessLog),
    ERROR_LOG: word(o.errorLog),
    REAL_IP: realIp(o.behind),
    SERVERS: o.upstreams.map((upstream) => `server ${word(upstream)} max_fails=0;`).join('\n'),
    REQUEST_HEADERS: passed.map(({ name, value }) => `proxy_set_header ${name} ${value};`).join('\n'),
    PASSED_VALUES: passed.map(({ value }) => value).join(''),
    REDIRECT_SERVER: redirectServer(o),
    STATUS_SERVER: statusServer(o),
    LISTEN: listenLines(o, o.port, `${o.tls === null ? '' : ' ssl http2'} reuseport backlog=4096`),
    TLS: tlsLines(o.tls),
    SOCKETS_PER_ADDRESS: word(o.socketsPerAddress),
    REQUESTS_PER_ADDRESS: word(o.requestsPerAddress),
  }
  return readFileSync(template, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const alone = /^(\s*)@([A-Z_]+)@$/.exec(line)
      if (alone !== null) {
        const filled = values[alone[2] ?? ''] ?? line
        return filled === '' ? [] : filled.split('\n').map((part) => `${alone[1]}${part}`)
      }
      if (line.startsWith('#')) return [line]
      return [line.replaceAll(/@([A-Z_]+)@/g, (whole, name: string) => values[name] ?? whole)]
    })
    .join('\n')
}

/** Write nginx.conf and make the folders it needs. */
export const writeNginx = async (file: string, o: NginxOptions): Promise<void> => {
  for (const folder of [o.state, o.cache]) await mkdir(folder, { recursive: true, mode: 0o755 })
  await writeFile(file, renderNginx(o))
}

const usage = `Usage: render.ts --upstream HOST:PORT [--upstream …] [options]

  --out FILE            write there and make the folders; otherwise to standard output
  --port N              public port (${nginxDefaults.port})
  --listen ADDRESS      address to listen on, repeatable (${nginxDefaults.listen.join()})
  --certificate FILE    with --key FILE: end TLS here
  --redirect-port N     plain port that redirects to the TLS port
  --status-port N       port of 127.0.0.1 with /stub_status, for an exporter
  --state DIR           pid and temporary files (${nginxDefaults.state})
  --cache DIR           caches (${nginxDefaults.cache})
  --access-log FILE     (${nginxDefaults.accessLog})
  --error-log FILE      (${nginxDefaults.errorLog})
  --user NAME           account of the workers
  --workers N           (${nginxDefaults.workers})
  --worker-connections N  (${nginxDefaults.workerConnections})
  --sockets-per-address N  (${nginxDefaults.socketsPerAddress})
  --requests-per-address N  (${nginxDefaults.requestsPerAddress})
  --behind RANGE        load balancer whose X-Forwarded-For is believed, repeatable`

const main = async (args: readonly string[]): Promise<void> => {
  const one = { type: 'string' } as const
  const many = { type: 'string', multiple: true } as const
  const { values: v } = parseArgs({
    args: [...args],
    options: {
      upstream: many,
      listen: many,
      behind: many,
      out: one,
      port: one,
      certificate: one,
      key: one,
      'redirect-port': one,
      'status-port': one,
      state: one,
      cache: one,
      'access-log': one,
      'error-log': one,
      user: one,
      workers: one,
      'worker-connections': one,
      'sockets-per-address': one,
      'requests-per-address': one,
      help: { type: 'boolean' },
    },
  })
  if (v.help === true) return void process.stdout.write(`${usage}\n`)
  const number = (text: string | undefined, otherwise: number): number => {
    const value = text === undefined ? otherwise : Number(text)
    if (!Number.isInteger(value) || value < 1) throw new Error(`not a number: ${text}`)
    return value
  }
  if ((v.certificate === undefined) !== (v.key === undefined)) throw new Error('--certificate and --key go together')
  const options: NginxOptions = {
    ...nginxDefaults,
    upstreams: v.upstream ?? [],
    listen: v.listen ?? nginxDefaults.listen,
    behind: v.behind ?? nginxDefaults.behind,
    port: number(v.port, nginxDefaults.port),
    tls: v.certificate !== undefined && v.key !== undefined ? { certificate: v.certificate, key: v.key } : null,
    ...(v['redirect-port'] !== undefined && { redirectPort: number(v['redirect-port'], 80) }),
    ...(v['status-port'] !== undefined && { statusPort: number(v['status-port'], 8081) }),
    state: v.state ?? nginxDefaults.state,
    cache: v.cache ?? nginxDefaults.cache,
    accessLog: v['access-log'] ?? nginxDefaults.accessLog,
    errorLog: v['error-log'] ?? nginxDefaults.errorLog,
    ...(v.user !== undefined && { user: v.user }),
    workers: v.workers === undefined ? nginxDefaults.workers : number(v.workers, 1),
    workerConnections: number(v['worker-connections'], nginxDefaults.workerConnections),
    socketsPerAddress: number(v['sockets-per-address'], nginxDefaults.socketsPerAddress),
    requestsPerAddress: number(v['requests-per-address'], nginxDefaults.requestsPerAddress),
  }
  if (v.out === undefined) process.stdout.write(renderNginx(options))
  else await writeNginx(v.out, options)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  await main(process.argv.slice(2)).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`)
    process.exitCode = 2
  })
