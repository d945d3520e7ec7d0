import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { takeUws } from '../docker/take-uws.ts'
import { run } from './deployment-tools.ts'

let work: string
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'repartee-image-'))
})
afterAll(() => rmSync(work, { recursive: true }))

describe('the command of the image', () => {
  const repartee = (env: Record<string, string>) =>
    run('sh', ['infra/docker/repartee.sh', 'serve', 'a b'], { REPARTEE_MAIN: join(work, 'main.mjs'), ...env })
  const seen = ({ out }: { out: string }) => JSON.parse(out) as { argv: string[]; env: Record<string, string> }
  const file = (name: string, text: string): string => {
    writeFileSync(join(work, name), text)
    return join(work, name)
  }

  beforeAll(() => {
    file('main.mjs', 'console.log(JSON.stringify({ argv: process.argv.slice(2), env: process.env }))')
  })

  test('takes secrets from files and passes everything else on as it is', () => {
    const secret = 'sécret $HOME "quoted" `x`'
    const { argv, env } = seen(
      repartee({ REPARTEE_SECRET_FILE: file('secret', `${secret}\n`), REDIS_URL: 'redis://r', PORT: '1' }),
    )
    expect(argv).toEqual(['serve', 'a b'])
    expect(env).toMatchObject({ REPARTEE_SECRET: secret, REDIS_URL: 'redis://r', PORT: '1' })
    expect(env).not.toHaveProperty('REPARTEE_SECRET_FILE')
  })

  test('refuses a setting given twice or a file that is not there, without printing what is in it', () => {
    const url = file('url', 'redis://:hidden@redis')
    const twice = repartee({ REDIS_URL: 'redis://other', REDIS_URL_FILE: url })
    expect(twice).toMatchObject({ code: 2, out: '', err: expect.stringContaining('REDIS_URL_FILE') })
    expect(twice.err).not.toContain('hidden')
    expect(repartee({ REDIS_URL_FILE: join(work, 'none') })).toMatchObject({ code: 2, out: '' })
  })
})

test('one binary of uWebSockets.js is kept, the one this Node loads; none fitting is an error', () => {
  const own = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`
  const folder = join(work, 'binaries')
  mkdirSync(folder)
  for (const name of [own, 'uws_win32_x64_115.node', 'uws_linux_arm64_999.node', 'uws.js'])
    writeFileSync(join(folder, name), '')
  expect(run('sh', ['infra/docker/prune-uws.sh', folder]).code).toBe(0)
  expect(readdirSync(folder).sort()).toEqual(['uws.js', own].sort())
  rmSync(join(folder, own))
  expect(run('sh', ['infra/docker/prune-uws.sh', folder]).code).toBe(1)
})

describe('uWebSockets.js from an upstream release', () => {
  let server: Server
  let url: string
  let sha256: string
  let folder: string

  beforeAll(async () => {
    mkdirSync(join(work, 'upstream/uWebSockets.js-20.0.0'), { recursive: true })
    writeFileSync(join(work, 'upstream/uWebSockets.js-20.0.0/uws.js'), 'upstream')
    expect(
      run('tar', ['-czf', join(work, 'release.tar.gz'), '-C', join(work, 'upstream'), 'uWebSockets.js-20.0.0']).code,
    ).toBe(0)
    const archive = readFileSync(join(work, 'release.tar.gz'))
    sha256 = createHash('sha256').update(archive).digest('hex')
    server = createServer((request, response) => {
      response.writeHead(request.url === '/release.tar.gz' ? 200 : 404).end(archive)
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.close()
  })
  beforeEach(() => {
    folder = join(mkdtempSync(join(work, 'modules-')), 'uWebSockets.js')
    mkdirSync(folder)
    writeFileSync(join(folder, 'uws.js'), 'registry')
    writeFileSync(join(folder, 'only-here'), '')
  })
  const installed = (): string => readFileSync(join(folder, 'uws.js'), 'utf8')

  test('takes the place of the installed one, whole', async () => {
    await takeUws(`${url}/release.tar.gz`, sha256, folder)
    expect(installed()).toBe('upstream')
    expect(existsSync(join(folder, 'only-here'))).toBe(false)
  })

  test('is refused when it is another archive, not there, or its hash is not given', async () => {
    await expect(takeUws(`${url}/release.tar.gz`, 'a'.repeat(64), folder)).rejects.toThrow(sha256)
    await expect(takeUws(`${url}/none`, sha256, folder)).rejects.toThrow('404')
    await expect(takeUws(`${url}/release.tar.gz`, '', folder)).rejects.toThrow('UWS_SHA256')
    expect(installed()).toBe('registry')
  })

  test('is left alone when the registry is the source', async () => {
    await takeUws('registry', '', folder)
    expect(installed()).toBe('registry')
  })
})
