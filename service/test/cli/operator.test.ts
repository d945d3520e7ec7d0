import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cliCommands, runCli } from '../../src/cli/run-cli.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repartee-operator-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** One command line, as an operator types it. */
const run = async (words: readonly string[], env: Record<string, string> = {}) => {
  const said: string[] = []
  const complaints: string[] = []
  const code = await runCli(
    words,
    { DATA_DIR: join(folder, 'none'), LOG_LEVEL: 'silent', ...env },
    (line) => said.push(line),
    (line) => complaints.push(line),
  )
  return { code, said: said.join('\n'), complaint: complaints.join('\n') }
}

test('every command has help, and so have groups of commands and the program itself', async () => {
  for (const name of Object.keys(cliCommands)) {
    const { code, said } = await run([...name.split(' '), '--help'])
    expect([code, said.split('\n')[0]]).toEqual([0, expect.stringMatching(new RegExp(`^Usage: repartee ${name}`))])
  }
  for (const words of [[], ['help'], ['--help']]) expect(await run(words)).toMatchObject({ code: 0, complaint: '' })
  const { said, code } = await run(['site', '--help'])
  expect(code).toBe(0)
  expect(said).toContain('site list')
  expect(said).not.toContain('thread close')
  expect(await run(['--version'])).toMatchObject({ code: 0, said: expect.stringMatching(/^\d+\.\d+\.\d+/) })
})

test.each([
  ['bogus', 'no command bogus'],
  ['site bogus', 'no command site bogus'],
  ['site create --nme x', "Unknown option '--nme'"],
  ['site create', '--name is needed'],
  ['site create --name x', '--origin is needed'],
  ['comment list', '--site is needed'],
  ['comment approve --site demo', 'THREAD/COMMENT is needed'],
  ['comment approve a/b --site demo', 'expected THREAD/COMMENT as `comment list` prints it'],
  ['thread close /a', '--site is needed'],
  ['thread close --site demo', 'PAGE is needed'],
  ['backup', 'FILE is needed'],
  ['backup a b', 'one word too many: b'],
])('%s: %s, then how it is used, and nothing is opened', async (words, why) => {
  const { code, said, complaint } = await run(words.split(' '))
  expect([code, said]).toEqual([2, ''])
  expect(complaint.split('\n')[0]).toContain(`repartee: ${why}`)
  expect(complaint).toContain('Usage: repartee')
  expect(await readdir(folder)).not.toContain('none')
})

test('restore is for the embedded database only', async () => {
  const { code, complaint } = await run(['restore', '/nowhere'], { DATABASE_URL: 'postgres://localhost/db' })
  expect([code, complaint.split('\n')[0]]).toEqual([2, expect.stringContaining('with its own tools')])
})

test('restore: what cannot be read is named with the reason', async () => {
  expect(await run(['restore', join(folder, 'missing')])).toMatchObject({
    code: 1,
    complaint: expect.stringMatching(/^repartee: cannot \w+ \S+missing: no such file or folder$/),
  })
  expect(await run(['restore', folder])).toMatchObject({
    code: 1,
    complaint: expect.stringMatching(/^repartee: cannot \w+ \S+: it is a folder$/),
  })
})

describe('beside a running service', { timeout: 120_000 }, () => {
  let service: RunningService
  let env: Record<string, string>
  beforeAll(async () => {
    service = await startService()
    env = { DATA_DIR: service.dataDir, PORT: '1', METRICS_PORT: '0', HOST: '127.0.0.1' }
  })
  afterAll(() => service?.dispose())

  test('the snippet names the service that runs, whatever this shell’s PORT is', async () => {
    const words = ['site', 'create', '--name', 'My blog', '--origin', 'https://blog.example', '--key', 'my-blog']
    const { code, said } = await run(words, env)
    expect(code).toBe(0)
    expect(said).toContain(
      `<script async src="http://localhost:${service.port}/embed.js" data-site="my-blog"></script>`,
    )
    expect((await run(['site', 'list'], env)).said).toContain('my-blog\tMy blog\thttps://blog.example')
  })

  test('a backup goes into another folder and is served from there; what is no backup is refused in words', async () => {
    const file = join(folder, 'backup.tgz')
    const elsewhere = { ...env, DATA_DIR: join(folder, 'elsewhere') }
    expect(await run(['backup', file], env)).toMatchObject({ code: 0, complaint: '' })
    expect(await run(['restore', file], env)).toMatchObject({ code: 1, complaint: expect.stringContaining('in use') })
    expect(await run(['restore', file], elsewhere)).toMatchObject({ code: 0, complaint: '' })
    expect((await run(['site', 'list'], elsewhere)).said).toContain('my-blog')

    const nowhere = join(folder, 'no-such', 'backup.tgz')
    expect((await run(['backup', nowhere], env)).complaint).toBe(
      `repartee: invalid_request: cannot write ${nowhere}: no such file or folder`,
    )
    await writeFile(file, 'junk')
    expect((await run(['restore', file], elsewhere)).complaint).toBe(
      `repartee: cannot restore ${file}: it is no backup of this service`,
    )
  })

  test.each([
    ['its folder', () => ({ PORT: '0' }), 'is in use by process'],
    [
      'its port',
      () => ({ DATA_DIR: join(folder, 'other'), PORT: String(service.port) }),
      'PORT and HOST choose others',
    ],
    [
      'its metrics port',
      () => ({ DATA_DIR: join(folder, 'other'), PORT: '0', METRICS_PORT: String(service.metricsPort) }),
      'METRICS_PORT and METRICS_HOST choose others',
    ],
  ])('a second one on %s ends with one line that says so', async (_, more, why) => {
    const { code, said, complaint } = await run(['serve'], { ...env, ...more() })
    expect([code, said]).toEqual([1, ''])
    expect(complaint).toContain(why)
    expect(complaint.split('\n')).toHaveLength(1)
  })
})

test.runIf(installed('postgres'))(
  'two nodes migrate one new database at once, without the secret and without a data folder',
  { timeout: 120_000 },
  async () => {
    const DATABASE_URL = await (await sharedPostgres()).createEmptyDatabase()
    const env = { DATABASE_URL, DATA_DIR: join(folder, 'unneeded') }
    const both = await Promise.all([run(['migrate'], env), run(['migrate'], env)])
    const done = { code: 0, said: 'the database is up to date', complaint: '' }
    expect(both).toEqual([done, done])
    expect(await readdir(folder)).not.toContain('unneeded')
  },
)
