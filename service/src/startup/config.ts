import { isIP } from 'node:net'
import { resolve } from 'node:path'
import * as v from 'valibot'
import { parseNetwork } from '../adapters/outbound/private-networks.ts'
import { parseConnectionUrl } from '../adapters/postgres/pool/connection-url.ts'
import { parseRedisUrl } from '../adapters/redis/redis-url.ts'
import { parseEncryptionKeys } from '../adapters/secrets/encryption-key.ts'
import { parseSmtpUrl } from '../adapters/smtp/smtp-url.ts'
import { parseMailSender } from '../core/mail/mail-sender.ts'
import { parseUrl } from '../core/parse-url.ts'
import { trustedProxyList } from '../transport/client-address.ts'

const between = (min: number, max: number) => {
  const expected = `expected a whole number from ${min} to ${max}`
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, expected),
    v.transform(Number),
    v.minValue(min, expected),
    v.maxValue(max, expected),
  )
}
const oneOf = <const T extends readonly string[]>(words: T) => v.picklist(words, `expected ${words.join(', ')}`)

/** Report an error of `parse` as an issue. Its message must not repeat a secret. */
const parsedBy = <T>(parse: (value: T) => unknown) =>
  v.rawCheck<T>(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    try {
      parse(dataset.value)
    } catch (error) {
      // Parsers with other callers name the variable themselves.
      addIssue({ message: (error instanceof Error ? error.message : String(error)).replace(/^[A-Z_]+: /, '') })
    }
  })
const ifGiven = (parse: (value: string) => unknown) =>
  v.pipe(
    v.string(),
    parsedBy((value: string) => (value === '' ? undefined : parse(value))),
  )

const parseOrigin = (value: string): void => {
  const parsed = /^https?:\/\/[^/?#@\s]+$/.test(value) && parseUrl(value) !== null
  if (!parsed) throw new Error('expected an origin like https://comments.example, without a path')
}
const parseEndpoint = (value: string): void => {
  if (!/^https?:\/\/[^/?#@\s]+(\/[^?#\s]*)?$/.test(value) || parseUrl(value) === null)
    throw new Error('expected the base of a collector like http://collector:4318')
}
const parseHost = (value: string): void => {
  const isName = /^(?!-)[\w-]+(\.[\w-]+)*$/.test(value) && !/^[\d.]+$/.test(value)
  if (isIP(value) === 0 && !isName) throw new Error('expected an address such as 0.0.0.0, ::1 or a name')
}
const host = v.pipe(v.string(), parsedBy(parseHost))
const list = v.pipe(
  v.string(),
  v.transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ),
)

/** Every environment variable with its default and description. */
export const options = {
  HOST: { schema: host, default: '0.0.0.0', desc: 'address the public port listens on' },
  PORT: { schema: between(0, 65_535), default: '8080', desc: 'public port; 0 picks a free one' },
  METRICS_HOST: {
    schema: host,
    default: '127.0.0.1',
    desc: 'address the metrics port listens on; use only a network that readers cannot reach',
  },
  METRICS_PORT: {
    schema: between(0, 65_535),
    default: '9464',
    desc: 'port of `/metrics`; 0 picks a free one',
  },
  PUBLIC_URL: {
    schema: ifGiven(parseOrigin),
    default: '',
    desc: 'origin at which readers reach the service, used in the printed snippet; default http://localhost:PORT',
  },
  DASHBOARD_URL: {
    schema: ifGiven(parseOrigin),
    default: '',
    desc: 'origin at which owners reach the dashboard, if it is not `PUBLIC_URL`; no site may list it. Without either, the dashboard works at localhost only',
  },
  SIGN_UP: {
    schema: oneOf(['closed', 'invitation', 'open']),
    default: 'invitation',
    desc: 'who may open an account: no one, people whom an operator invites, or everyone; `open` needs mail',
  },
  DATABASE_URL: {
    schema: ifGiven(parseConnectionUrl),
    default: '',
    desc: 'PostgreSQL ≥ 15 or CockroachDB ≥ 23.1, several hosts separated by commas; if not set, the embedded database is used',
    secret: true,
  },
  REDIS_URL: {
    schema: ifGiven(parseRedisUrl),
    default: '',
    desc: 'Redis ≥ 7, Sentinel or Cluster; carries changes between nodes; needs `DATABASE_URL`',
    secret: true,
  },
  DATA_DIR: {
    schema: v.pipe(
      v.string(),
      v.minLength(1, 'expected a folder'),
      v.transform((value) => resolve(value)),
    ),
    default: './data',
    desc: 'folder of the embedded database, its backups, the secret, the encryption keys and the control socket; each node needs its own',
  },
  REPARTEE_SECRET: {
    schema: ifGiven((value) => {
      if (value.length < 32) throw new Error('expected at least 32 characters')
    }),
    default: '',
    desc: 'key that signs reader tokens, at least 32 characters, the same on every node; if neither it nor `DATABASE_URL` is set, it is made at the first start and kept in DATA_DIR',
    secret: true,
  },
  ENCRYPTION_KEYS: {
    schema: ifGiven(parseEncryptionKeys),
    default: '',
    desc: 'keys that encrypt secrets and e-mail addresses in the database, the same on every node: `id:key` separated by commas, the newest first; `repartee keys generate` makes one; without `DATABASE_URL` one is made at the first start and kept in DATA_DIR',
    secret: true,
  },
  ENCRYPTION_KEYS_FILE: {
    schema: v.pipe(
      v.string(),
      v.transform((value) => (value === '' ? '' : resolve(value))),
    ),
    default: '',
    desc: 'file to read the encryption keys from, separated by commas or line breaks, in place of `ENCRYPTION_KEYS`',
  },
  SMTP_URL: {
    schema: ifGiven(parseSmtpUrl),
    default: '',
    desc: 'mail server: `smtp://user:password@host:587`, which requires STARTTLS unless it is this machine or `?starttls=off` is added, or `smtps://…`; if not set, no mail is sent and links are shown instead; needs `MAIL_FROM`',
    secret: true,
  },
  MAIL_FROM: {
    schema: ifGiven(parseMailSender),
    default: '',
    desc: 'sender of all mail, such as `Comments <comments@blog.example>`',
  },
  TRUSTED_PROXIES: {
    schema: v.pipe(
      list,
      parsedBy((value: string[]) => trustedProxyList(value)),
    ),
    default: '',
    desc: 'comma-separated addresses or CIDR ranges whose X-Forwarded-For header is trusted',
  },
  PRIVATE_NETWORKS: {
    schema: v.pipe(
      list,
      parsedBy((value: string[]) => value.map(parseNetwork)),
    ),
    default: '',
    desc: 'comma-separated addresses or CIDR ranges of private networks that the service may fetch pages from, such as `10.1.0.0/16`; without it, from public addresses only',
  },
  DRAIN_GRACE_MS: {
    schema: between(0, 300_000),
    default: '0',
    desc: 'how long a stopping node keeps serving while `/readyz` says `draining`; should be longer than a load balancer takes to notice',
  },
  DRAIN_MS: {
    schema: between(0, 600_000),
    default: '10000',
    desc: 'how long a stopping node takes to move its WebSockets to other nodes; a few hundred are moved at once',
  },
  SOCKET_LIFETIME_MINUTES: {
    schema: between(0, 10_000),
    default: '120',
    desc: 'a WebSocket moves to another node after about this long, so that new nodes get their share; 0 means never',
  },
  ADMISSIONS_PER_SECOND: {
    schema: between(1, 1_000_000),
    default: '3000',
    desc: 'WebSocket greetings and subscriptions that a node answers in a second; the others wait in line, and sites take turns',
  },
  DEMO: {
    schema: v.pipe(
      oneOf(['on', 'off']),
      v.transform((value) => value === 'on'),
    ),
    default: 'on',
    desc: '`on` serves the sample blog at /demo/ with the site `demo`',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: ifGiven(parseEndpoint),
    default: '',
    desc: 'OpenTelemetry collector that receives traces of requests and commands over OTLP/HTTP, such as `http://collector:4318`; if not set, there are no traces',
  },
  LOG_LEVEL: {
    schema: oneOf(['debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
    desc: 'lowest level of the log lines that are written',
  },
} as const satisfies Record<
  string,
  { schema: v.GenericSchema<string, unknown>; default: string; desc: string; secret?: boolean }
>

type Options = typeof options
export type Config = { readonly [K in keyof Options]: v.InferOutput<Options[K]['schema']> }

/** All problems of a configuration, one a line, so that one start shows them all. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const anywhere: readonly string[] = ['0.0.0.0', '::']

/** Contradictions between options that are each valid. */
const contradictions = (config: Config): string[] => {
  const { HOST, PORT, METRICS_HOST, METRICS_PORT } = config
  const overlap = HOST === METRICS_HOST || anywhere.includes(HOST) || anywhere.includes(METRICS_HOST)
  return [
    ...(PORT === METRICS_PORT && PORT !== 0 && overlap ? ['METRICS_PORT: the same as PORT'] : []),
    ...(config.REDIS_URL !== '' && config.DATABASE_URL === ''
      ? ['REDIS_URL: needs DATABASE_URL, since the embedded database belongs to one process']
      : []),
    ...(config.SMTP_URL !== '' && config.MAIL_FROM === ''
      ? ['MAIL_FROM: needed with SMTP_URL, since mail without a sender is refused']
      : []),
    ...(config.ENCRYPTION_KEYS !== '' && config.ENCRYPTION_KEYS_FILE !== ''
      ? ['ENCRYPTION_KEYS_FILE: ENCRYPTION_KEYS is set too; keep one of them']
      : []),
  ]
}

/** Secrets that all nodes share. One process makes its own. */
const missingSecrets = (env: Readonly<Record<string, string | undefined>>): string[] => {
  const isGiven = (name: keyof Options): boolean => (env[name] ?? '') !== ''
  if (!isGiven('DATABASE_URL')) return []
  return [
    ...(isGiven('REPARTEE_SECRET')
      ? []
      : ['REPARTEE_SECRET: needed with DATABASE_URL, since every node must sign with the same']),
    ...(isGiven('ENCRYPTION_KEYS') || isGiven('ENCRYPTION_KEYS_FILE')
      ? []
      : [
          'ENCRYPTION_KEYS: needed with DATABASE_URL, since every node must decrypt what the others encrypt; make a key with: repartee keys generate',
        ]),
  ]
}

/**
 * Read the configuration; nothing else reads the environment. `operate` is for one operation on the database, which signs
 * nothing and may need no secret, so the keys may be missing.
 */
export const readConfig = (
  env: Readonly<Record<string, string | undefined>>,
  purpose: 'serve' | 'operate' = 'serve',
): Config => {
  const problems: string[] = []
  const entries = Object.entries(options).map(([name, option]) => {
    const result = v.safeParse(option.schema, env[name] ?? option.default)
    if (!result.success) problems.push(`${name}: ${result.issues.map((issue) => issue.message).join('; ')}`)
    return [name, result.output]
  })
  const config = Object.freeze(Object.fromEntries(entries)) as Config
  if (problems.length === 0) problems.push(...contradictions(config))
  if (purpose === 'serve') problems.push(...missingSecrets(env))
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  return config
}
