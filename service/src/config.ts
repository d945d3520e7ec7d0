import { resolve } from 'node:path'
import * as v from 'valibot'

const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, 'expected a whole number'),
    v.transform(Number),
    v.minValue(min),
    v.maxValue(max),
  )
const onOff = v.pipe(
  v.picklist(['on', 'off']),
  v.transform((value) => value === 'on'),
)
const url = v.pipe(
  v.string(),
  v.url(),
  v.regex(/^https?:\/\/[^/]+$/, 'expected an origin like https://comments.example'),
)
const list = v.pipe(
  v.string(),
  v.transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ),
)

/** Every environment variable: what it is, and what it is when it is not set. */
export const options = {
  HOST: { schema: v.string(), default: '0.0.0.0', desc: 'address the public port listens on' },
  PORT: { schema: wholeNumber(0, 65_535), default: '8080', desc: 'public port; 0 picks a free one' },
  METRICS_HOST: {
    schema: v.string(),
    default: '127.0.0.1',
    desc: 'address the metrics port listens on; only a network that readers cannot reach may be named',
  },
  METRICS_PORT: {
    schema: wholeNumber(0, 65_535),
    default: '9464',
    desc: 'port of `/metrics`; 0 picks a free one',
  },
  PUBLIC_URL: {
    schema: v.union([v.literal(''), url]),
    default: '',
    desc: 'origin readers reach the service at, for the printed snippet; default http://localhost:PORT',
  },
  DATABASE_URL: {
    schema: v.union([v.literal(''), v.pipe(v.string(), v.regex(/^postgres(ql)?:\/\//, 'expected postgres://…'))]),
    default: '',
    desc: 'PostgreSQL ≥ 15 or CockroachDB ≥ 23.1, several hosts separated by commas; the embedded database when not set',
    secret: true,
  },
  REDIS_URL: {
    schema: v.union([v.literal(''), v.pipe(v.string(), v.regex(/^(redis|unix)/, 'expected redis://…'))]),
    default: '',
    desc: 'Redis ≥ 7, Sentinel or Cluster, which several nodes need to hear each other; needs `DATABASE_URL`',
    secret: true,
  },
  DATA_DIR: {
    schema: v.pipe(
      v.string(),
      v.minLength(1),
      v.transform((value) => resolve(value)),
    ),
    default: './data',
    desc: 'folder of the embedded database, its backups, the secret and the control socket; one for each node',
  },
  REPARTEE_SECRET: {
    schema: v.union([v.literal(''), v.pipe(v.string(), v.minLength(32))]),
    default: '',
    desc: 'signs reader tokens, at least 32 characters, the same on every node; made and kept in DATA_DIR when neither it nor `DATABASE_URL` is set',
    secret: true,
  },
  TRUSTED_PROXIES: {
    schema: list,
    default: '',
    desc: 'comma-separated addresses or CIDR ranges whose X-Forwarded-For is believed',
  },
  DRAIN_GRACE_MS: {
    schema: wholeNumber(0, 300_000),
    default: '0',
    desc: 'how long a stopping node still serves while `/readyz` says `draining`: longer than a load balancer takes to notice',
  },
  DRAIN_MS: {
    schema: wholeNumber(0, 600_000),
    default: '10000',
    desc: 'over how long a stopping node moves its WebSockets to other nodes; a few hundred are moved at once',
  },
  SOCKET_LIFETIME_MINUTES: {
    schema: wholeNumber(0, 10_000),
    default: '120',
    desc: 'a WebSocket moves to another node after about this long, so that new nodes get their share; 0 is never',
  },
  ADMISSIONS_PER_SECOND: {
    schema: wholeNumber(1, 1_000_000),
    default: '3000',
    desc: 'greetings and subscriptions a node answers in a second; in a storm the rest wait in line, sites taking turns',
  },
  DEMO: { schema: onOff, default: 'on', desc: '`on` serves the sample blog at /demo/ with the site `demo`' },
  LOG_LEVEL: {
    schema: v.picklist(['debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
    desc: 'least severe log line written',
  },
} as const satisfies Record<
  string,
  { schema: v.GenericSchema<string, unknown>; default: string; desc: string; secret?: boolean }
>

type Options = typeof options
export type Config = { readonly [K in keyof Options]: v.InferOutput<Options[K]['schema']> }

/** Thrown with every problem at once, so that one start is enough to see them all. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Read the whole configuration; the only place that looks at the environment. */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): Config => {
  const problems: string[] = []
  const entries = Object.entries(options).map(([name, option]) => {
    const result = v.safeParse(option.schema, env[name] ?? option.default)
    if (!result.success) problems.push(`${name}: ${result.issues.map((issue) => issue.message).join('; ')}`)
    return [name, result.output]
  })
  const given = (name: keyof Options): boolean => (env[name] ?? '') !== ''
  if (given('DATABASE_URL') && !given('REPARTEE_SECRET'))
    problems.push('REPARTEE_SECRET: needed with DATABASE_URL, since every node must sign with the same')
  if (given('REDIS_URL') && !given('DATABASE_URL'))
    problems.push('REDIS_URL: needs DATABASE_URL, since the embedded database belongs to one process')
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
  return Object.freeze(Object.fromEntries(entries)) as Config
}
