import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { newId } from '@repartee/sdk/protocol'
import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseEncryptionKeys } from '../../src/adapters/secrets/encryption-key.ts'
import { cliCommands, runCli } from '../../src/cli/run-cli.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repartee-operator-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Run one command line. */
const run = async (args: readonly string[], env: Record<string, string> = {}) => {
  const stdout: string[] = []
  const errors: string[] = []
  const code = await runCli(
    args,
    { DATA_DIR: join(folder, 'none'), LOG_LEVEL: 'silent', ...env },
    (line) => stdout.push(line),
    (line) => errors.push(line),
  )
  return { code, stdout: stdout.join('\n'), stderr: errors.join('\n') }
}

test('every command, every group of commands and the program itself have help', async () => {
  for (const name of Object.keys(cliCommands)) {
    const { code, stdout } = await run([...name.split(' '), '--help'])
    expect([code, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(new RegExp(`^Usage: repartee ${name}`))])
  }
  for (const words of [[], ['help'], ['--help']]) expect(await run(words)).toMatchObject({ code: 0, stderr: '' })
  const { stdout, code } = await run(['site', '--help'])
  expect(code).toBe(0)
  expect(stdout).toContain('site list')
  expect(stdout).not.toContain('thread close')
  expect(await run(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) })
})

test.each([
  ['bogus', 'no command bogus'],
  ['site bogus', 'no command site bogus'],
  ['site create --nme x', "Unknown option '--nme'"],
  ['site create', '--name is required'],
  ['site create --name x', '--origin is required'],
  ['comment list', '--site is required'],
  ['comment approve --site demo', 'THREAD/COMMENT is required'],
  ['comment approve a/b --site demo', 'expected THREAD/COMMENT as printed by `comment list`'],
  ['thread close /a', '--site is required'],
  ['thread close --site demo', 'PAGE is required'],
  ['backup', 'FILE is required'],
  ['backup a b', 'unexpected argument: b'],
])('%s: %s, followed by the usage, and nothing is opened', async (words, why) => {
  const { code, stdout, stderr } = await run(words.split(' '))
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr.split('\n')[0]).toContain(`repartee: ${why}`)
  expect(stderr).toContain('Usage: repartee')
  expect(await readdir(folder)).not.toContain('none')
})

test('a new key is one line, whatever else is configured', async () => {
  const { code, stdout } = await run(['keys', 'generate'], { PORT: 'eighty', ENCRYPTION_KEYS: 'wrong' })
  expect(code).toBe(0)
  expect(parseEncryptionKeys(stdout)).toHaveLength(1)
  expect((await run(['keys', 'generate'])).stdout).not.toBe(stdout)
})

test('restore is for the embedded database only', async () => {
  const { code, stderr } = await run(['restore', '/nowhere'], { DATABASE_URL: 'postgres://localhost/db' })
  expect([code, stderr.split('\n')[0]]).toEqual([2, expect.stringContaining('with its own tools')])
})

test('restore: a file that cannot be read is named with the reason', async () => {
  expect(await run(['restore', join(folder, 'missing')])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^repartee: cannot \w+ \S+missing: no such file or folder$/),
  })
  expect(await run(['restore', folder])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^repartee: cannot \w+ \S+: it is a folder$/),
  })
})

describe('beside a running service', { timeout: 120_000 }, () => {
  let service: RunningService
  let env: Record<string, string>
  beforeAll(async () => {
    service = await startService({ DATA_DIR: join(folder, 'data') })
    env = { DATA_DIR: service.dataDir, PORT: '1', METRICS_PORT: '0', HOST: '127.0.0.1' }
  })
  afterAll(() => service?.dispose())

  test('the snippet has the URL of the running service, whatever PORT is in this shell', async () => {
    const words = ['site', 'create', '--name', 'My blog', '--origin', 'https://blog.example', '--key', 'my-blog']
    const { code, stdout } = await run(words, env)
    expect(code).toBe(0)
    expect(stdout).toContain(
      `<script async src="http://localhost:${service.port}/embed.js" data-site="my-blog"></script>`,
    )
    expect((await run(['site', 'list'], env)).stdout).toContain('my-blog\tMy blog\thttps://blog.example')
  })

  test('an expected error is one line with its code', async () => {
    const absent = `${newId()}/${newId()}`
    for (const [args, stderr] of [
      [['comment', 'approve', absent, '--site', 'my-blog'], /^repartee: comment.not.found \(comment_not_found\)$/],
      [['comment', 'list', '--site', 'nobody'], /^repartee: no site nobody \(site_not_found\)$/],
      [['thread', 'close', '/nowhere', '--site', 'my-blog'], /^repartee: the page \/nowhere .* \(thread_not_found\)$/],
    ] as const)
      expect(await run(args, env)).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(stderr) })
  })

  test('a backup can be restored into another folder; a file that is not a backup is refused', async () => {
    const file = join(folder, 'backup.tgz')
    const elsewhere = { ...env, DATA_DIR: join(folder, 'elsewhere') }
    expect(await run(['backup', file], env)).toMatchObject({ code: 0, stderr: '' })
    expect(await run(['restore', file], env)).toMatchObject({ code: 1, stderr: expect.stringContaining('in use') })
    expect(await run(['restore', file], elsewhere)).toMatchObject({ code: 0, stderr: '' })
    expect((await run(['site', 'list'], elsewhere)).stdout).toContain('my-blog')

    const nowhere = join(folder, 'no-such', 'backup.tgz')
    expect((await run(['backup', nowhere], env)).stderr).toBe(
      `repartee: cannot write ${nowhere}: no such file or folder (invalid_request)`,
    )
    await writeFile(file, 'junk')
    expect((await run(['restore', file], elsewhere)).stderr).toBe(
      `repartee: cannot restore ${file}: it is not a backup of this service`,
    )
  })

  test('the key is changed while the service runs; backups hold no key, and one from before can be restored', async () => {
    const keyFile = join(service.dataDir, 'encryption-keys')
    const file = join(folder, 'before-rotation.tgz')
    const first = await readFile(keyFile, 'utf8')
    await run(['backup', file], env)
    const { code, stdout } = await run(['keys', 'rotate'], env)
    expect([code, stdout.split('\n')]).toEqual([
      0,
      [expect.stringMatching(/^made the key (k\w+); re-encrypting with it$/), '1 values re-encrypted'],
    ])
    const both = await readFile(keyFile, 'utf8')
    expect(both.endsWith(first)).toBe(true)
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
    const [newId, oldId] = parseEncryptionKeys(both).map(({ id }) => id)
    expect((await run(['keys', 'status'], env)).stdout.split('\n')).toEqual([
      `${newId}\t1\tencrypts new values`,
      `${oldId}\t0\tnot in use; backups may need it`,
    ])

    const after = join(folder, 'after-rotation.tgz')
    await run(['backup', after], env)
    for (const archive of [file, after]) {
      const content = gunzipSync(await readFile(archive))
      for (const { bytes } of parseEncryptionKeys(both))
        for (const form of ['base64url', 'base64', 'hex', 'latin1'] as const)
          expect(content.includes(Buffer.from(Buffer.from(bytes).toString(form), 'latin1'))).toBe(false)
    }

    // The file with both keys opens the older backup; without the file nothing can.
    const elsewhere = { ...env, DATA_DIR: join(folder, 'with-keys') }
    expect((await run(['restore', file], elsewhere)).code).toBe(0)
    const refused = { code: 2, stdout: '', stderr: expect.stringContaining(`with the key "${oldId}"`) }
    expect(await run(['serve'], elsewhere)).toEqual(refused)
    expect(await run(['keys', 'status'], elsewhere)).toEqual(refused)
    expect((await run(['site', 'list'], elsewhere)).code).toBe(0)
    await copyFile(keyFile, join(elsewhere.DATA_DIR, 'encryption-keys'))
    expect((await run(['keys', 'status'], elsewhere)).stdout).toContain(
      `${oldId}\t1\tin use; run: repartee keys rotate`,
    )
  })

  test.each([
    ['its folder', () => ({ PORT: '0' }), 'is in use by process'],
    ['its port', () => ({ DATA_DIR: join(folder, 'other'), PORT: String(service.port) }), 'set PORT or HOST'],
    [
      'its metrics port',
      () => ({ DATA_DIR: join(folder, 'other'), PORT: '0', METRICS_PORT: String(service.metricsPort) }),
      'set METRICS_PORT or METRICS_HOST',
    ],
  ])('a second node on %s exits with one line that says so', async (_, more, why) => {
    const { code, stdout, stderr } = await run(['serve'], { ...env, ...more() })
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(why)
    expect(stderr.split('\n')).toHaveLength(1)
  })
})

test.runIf(installed('postgres'))(
  'two nodes migrate one new database at once, without the secret and without a data folder',
  { timeout: 120_000 },
  async () => {
    const DATABASE_URL = await (await sharedPostgres()).createEmptyDatabase()
    const env = { DATABASE_URL, DATA_DIR: join(folder, 'unneeded') }
    const both = await Promise.all([run(['migrate'], env), run(['migrate'], env)])
    const done = { code: 0, stdout: 'the database is up to date', stderr: '' }
    expect(both).toEqual([done, done])
    expect(await readdir(folder)).not.toContain('unneeded')
  },
)
