import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../cli/run-cli.ts'
import { ConfigError, options, readConfig } from './config.ts'

const SECRET = 'x'.repeat(32)
const DATABASE_URL = 'postgres://user:s3cret@localhost/db'
const KEY = `k1:${'A'.repeat(43)}`
const SERVER = { DATABASE_URL, REPARTEE_SECRET: SECRET, ENCRYPTION_KEYS: KEY }

test('an empty environment gives a working configuration', () => {
  expect(readConfig({})).toMatchObject({ PORT: 8080, METRICS_PORT: 9464, DEMO: true, TRUSTED_PROXIES: [] })
})

test('every problem is reported at once, and a secret is never repeated', () => {
  const read = () => readConfig({ PORT: 'eighty', DEMO: 'maybe', REPARTEE_SECRET: 'too short' })
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(/PORT.*\n[\s\S]*DEMO|DEMO[\s\S]*PORT/)
  expect(read).toThrow(/REPARTEE_SECRET/)
  expect(read).not.toThrow(/too short/)
})

test.each([
  { HOST: '::1', METRICS_HOST: 'node-1.internal' },
  { PORT: '0', METRICS_PORT: '0' },
  { HOST: '10.0.0.1', PORT: '9464' },
  { PUBLIC_URL: 'https://comments.example:8443' },
  { SMTP_URL: 'smtps://user:p%40ss@[::1]:465', MAIL_FROM: '"Comments" <comments@bücher.example>' },
  { TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1 ,fd00::/8' },
  { PRIVATE_NETWORKS: '10.0.0.0/8, 127.0.0.1 ,fd00::/8,::1,0.0.0.0/0' },
  { ...SERVER, REDIS_URL: 'rediss+sentinel://:pw@a,b/main' },
  { ...SERVER, DATABASE_URL: 'postgresql://u@a:26257,b:26257/db?sslmode=verify-full' },
])('%o is valid', (env) => {
  expect(readConfig(env)).toBeDefined()
})

describe('an invalid value ends the start with one line that names the option, before anything is opened', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'repartee-config-'))
    await writeFile(join(folder, 'file'), '')
  })
  afterAll(() => rm(folder, { recursive: true }))

  const start = async (env: Record<string, string>, ...args: string[]) => {
    const stdout: string[] = []
    const stderr: string[] = []
    const code = await runCli(
      args.length === 0 ? ['serve'] : args,
      { DATA_DIR: join(folder, 'data'), ...env },
      (line) => stdout.push(line),
      (line) => stderr.push(line),
    )
    return { code, stdout, stderr }
  }

  test.each<[name: keyof typeof options, value: string, why: string, more?: Record<string, string>]>([
    ['HOST', '', 'expected an address'],
    ['HOST', '999.1.1.1', 'expected an address'],
    ['HOST', 'http://localhost', 'expected an address'],
    ['HOST', '[::1]', 'expected an address'],
    ['PORT', 'eighty', 'from 0 to 65535'],
    ['PORT', '65536', 'from 0 to 65535'],
    ['PORT', '-1', 'from 0 to 65535'],
    ['PORT', '', 'from 0 to 65535'],
    ['METRICS_HOST', 'a b', 'expected an address'],
    ['METRICS_PORT', '1e3', 'from 0 to 65535'],
    ['METRICS_PORT', '8080', 'the same as PORT'],
    ['PUBLIC_URL', 'https://comments.example/path', 'without a path'],
    ['PUBLIC_URL', 'javascript:alert(1)', 'expected an origin'],
    ['PUBLIC_URL', 'https://user@host', 'expected an origin'],
    ['PUBLIC_URL', 'https://host:port', 'expected an origin'],
    ['DASHBOARD_URL', 'https://comments.example/dashboard', 'without a path'],
    ['SIGN_UP', 'everyone', 'expected closed, invitation, open'],
    ['DATABASE_URL', 'mysql://user:s3cret@localhost/db', 'expected postgres://', SERVER],
    ['DATABASE_URL', 'postgres://user:s3cret@host:99999/db', 'host:port', SERVER],
    ['DATABASE_URL', 'postgres://user:s3cret@h/db?sslmode=prefer', 'sslmode must be one of', SERVER],
    ['DATABASE_URL', 'postgres://user:s3cret@h/db?sslmdoe=require', 'unknown parameter sslmdoe', SERVER],
    ['DATABASE_URL', 'postgres://user:s3cret%@h/db', 'invalid percent-encoding', SERVER],
    ['DATABASE_URL', 'postgres:///db', 'no host', SERVER],
    ['DATABASE_URL', 'postgres://u@h/d?sslmode=verify-full&sslrootcert=/nowhere', 'cannot read sslrootcert', SERVER],
    ['REDIS_URL', 'http://user:s3cret@localhost', 'starts with none of', SERVER],
    ['REDIS_URL', 'redis://user:s3cret@a,b', 'several hosts', SERVER],
    ['REDIS_URL', 'redis://user:s3cret@h:0', 'port', SERVER],
    ['REDIS_URL', 'redis://localhost', 'needs DATABASE_URL'],
    ['DATA_DIR', '', 'expected a folder'],
    ['DATA_DIR', 'FOLDER/file', 'it is a file'],
    ['DATA_DIR', 'FOLDER/file/data', 'a part of its path is a file'],
    ['REPARTEE_SECRET', 's3cret', 'at least 32 characters'],
    ['REPARTEE_SECRET', '', 'needed with DATABASE_URL', { DATABASE_URL, ENCRYPTION_KEYS: KEY }],
    ['ENCRYPTION_KEYS', 's3cret', 'expected id:key'],
    ['ENCRYPTION_KEYS', 'k1:s3cret', 'not 32 bytes in base64url'],
    ['ENCRYPTION_KEYS', `${KEY},k2:`, 'the key k2 is not 32 bytes'],
    ['ENCRYPTION_KEYS', `${KEY}:s3cret`, 'expected id:key'],
    ['ENCRYPTION_KEYS', `k:1:${'A'.repeat(43)}`, 'expected id:key'],
    ['ENCRYPTION_KEYS', `${KEY},${KEY}`, 'the key k1 is listed twice'],
    ['ENCRYPTION_KEYS', ',', 'there is no key'],
    ['ENCRYPTION_KEYS', '', 'with: repartee keys generate', { DATABASE_URL, REPARTEE_SECRET: SECRET }],
    ['ENCRYPTION_KEYS_FILE', 'FOLDER/none', 'no such file or folder'],
    ['ENCRYPTION_KEYS_FILE', 'FOLDER', 'it is a folder'],
    ['ENCRYPTION_KEYS_FILE', 'FOLDER/file', 'there is no key'],
    ['ENCRYPTION_KEYS_FILE', 'FOLDER/file', 'keep one of them', { ENCRYPTION_KEYS: KEY }],
    ['SMTP_URL', 'mail.example', 'expected smtp://'],
    ['SMTP_URL', 'http://user:s3cret@mail.example', 'expected smtp://'],
    ['SMTP_URL', 'smtp://user:s3cret@', 'expected smtp://'],
    ['SMTP_URL', 'smtp://user:s3cret@mail.example:0', 'port'],
    ['SMTP_URL', 'smtp://user:s3cret@mail.example/path', 'nothing after host and port'],
    ['SMTP_URL', 'smtp://user:s3cret%@mail.example', 'invalid percent-encoding'],
    ['SMTP_URL', 'smtp://:s3cret@mail.example', 'a password but no user'],
    ['SMTP_URL', 'smtp://mail.example?tls=off', 'unknown parameter tls'],
    ['SMTP_URL', 'smtp://mail.example?starttls=maybe', 'can only be off'],
    ['MAIL_FROM', '', 'needed with SMTP_URL', { SMTP_URL: 'smtp://user:s3cret@mail.example' }],
    ['MAIL_FROM', 'Comments', 'expected an address'],
    ['MAIL_FROM', 'Comments <comments@blog.example', 'expected an address'],
    ['MAIL_FROM', 'a@blog.example, b@blog.example', 'expected an address'],
    ['MAIL_FROM', 'Comments\r\nBcc: a@b.example <c@blog.example>', 'expected an address'],
    ['TRUSTED_PROXIES', 'nginx', 'neither an address nor a range'],
    ['TRUSTED_PROXIES', '10.0.0.0/33', 'neither an address nor a range'],
    ['TRUSTED_PROXIES', '10.0.0.0/8/8', 'neither an address nor a range'],
    ['TRUSTED_PROXIES', '::1/x', 'neither an address nor a range'],
    ['PRIVATE_NETWORKS', 'intranet', 'neither an address nor a range'],
    ['PRIVATE_NETWORKS', '10.0.0.0/33', 'neither an address nor a range'],
    ['PRIVATE_NETWORKS', '10.0.0.0/', 'neither an address nor a range'],
    ['PRIVATE_NETWORKS', '10.1', 'neither an address nor a range'],
    ['PRIVATE_NETWORKS', '0x7f.0.0.1', 'neither an address nor a range'],
    ['PRIVATE_NETWORKS', 'fe80::1%eth0', 'neither an address nor a range'],
    ['PRIVATE_NETWORKS', '::ffff:10.0.0.1', 'write it as an IPv4 address'],
    ['DRAIN_GRACE_MS', '5s', 'from 0 to 300000'],
    ['DRAIN_MS', '600001', 'from 0 to 600000'],
    ['SOCKET_LIFETIME_MINUTES', '1.5', 'from 0 to 10000'],
    ['ADMISSIONS_PER_SECOND', '0', 'from 1 to 1000000'],
    ['DEMO', 'true', 'expected on, off'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', 'expected the base'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://user:s3cret@collector', 'expected the base'],
    ['LOG_LEVEL', 'verbose', 'expected debug, info'],
  ])('%s=%s: %s', async (name, value, why, more = {}) => {
    const { code, stdout, stderr } = await start({ ...more, [name]: value.replace('FOLDER', folder) })
    expect(stderr).toEqual([expect.stringMatching(new RegExp(`^repartee: ${name}: `))])
    expect(stderr[0]).toContain(why)
    expect(stderr[0]).not.toContain('s3cret')
    expect([code, stdout]).toEqual([2, []])
  })

  test('every option has such a case', async () => {
    const source = await readFile(new URL(import.meta.url), 'utf8')
    for (const name of Object.keys(options)) expect(source).toMatch(new RegExp(`\\['${name}', `))
  })

  test('several invalid values get one line each', async () => {
    const { code, stderr } = await start({ PORT: 'eighty', DEMO: 'maybe', LOG_LEVEL: 'loud' })
    expect(stderr.map((line) => /^repartee: ([A-Z_]+): /.exec(line)?.[1])).toEqual(['PORT', 'DEMO', 'LOG_LEVEL'])
    expect(code).toBe(2)
  })

  test('any value of any variable results in a configuration or in such lines', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(options)), fc.string(), (name, value) => {
        try {
          readConfig({ ...SERVER, [name]: value })
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError)
          expect(String(error)).toMatch(/^ConfigError: [A-Z_]+: /)
        }
      }),
    )
  })
})

test('serving needs the secret and the encryption keys; an operation on the database does not', () => {
  expect(readConfig({ DATABASE_URL }, 'operate')).toMatchObject({ REPARTEE_SECRET: '', ENCRYPTION_KEYS: '' })
  expect(() => readConfig({ DATABASE_URL })).toThrow(/REPARTEE_SECRET.*\nENCRYPTION_KEYS/)
})

test('the README lists exactly these variables with their defaults', async () => {
  const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
  const rows = Object.entries(options).map(
    ([name, option]) => `| \`${name}\` | ${option.default === '' ? '' : `\`${option.default}\``} | ${option.desc} |`,
  )
  expect(readme).toContain(rows.join('\n'))
})
