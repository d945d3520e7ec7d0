import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { COMPILED_IN, type Lockfile, listParts, type Part } from '../../deploy/docker/sbom.ts'
import { takeUws } from '../../deploy/docker/take-uws.ts'
import { readFile, root, run } from './deployment-tools.ts'

let work: string
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'repartee-image-'))
})
afterAll(() => rmSync(work, { recursive: true }))

describe('the command of the image', () => {
  const repartee = (env: Record<string, string>) =>
    run('sh', ['infra/deploy/docker/repartee.sh', 'serve', 'a b'], { REPARTEE_MAIN: join(work, 'main.mjs'), ...env })
  const seen = ({ out }: { out: string }) => JSON.parse(out) as { argv: string[]; env: Record<string, string> }
  const file = (name: string, text: string): string => {
    writeFileSync(join(work, name), text)
    return join(work, name)
  }

  beforeAll(() => {
    file('main.mjs', 'console.log(JSON.stringify({ argv: process.argv.slice(2), env: process.env }))')
  })

  test('reads secrets from files and passes everything else on unchanged', () => {
    const secret = 'sécret $HOME "quoted" `x`'
    const { argv, env } = seen(
      repartee({ REPARTEE_SECRET_FILE: file('secret', `${secret}\n`), REDIS_URL: 'redis://r', PORT: '1' }),
    )
    expect(argv).toEqual(['serve', 'a b'])
    expect(env).toMatchObject({ REPARTEE_SECRET: secret, REDIS_URL: 'redis://r', PORT: '1' })
    expect(env).not.toHaveProperty('REPARTEE_SECRET_FILE')
  })

  test('refuses a setting given twice and a missing file, without printing a secret', () => {
    const url = file('url', 'redis://:hidden@redis')
    const twice = repartee({ REDIS_URL: 'redis://other', REDIS_URL_FILE: url })
    expect(twice).toMatchObject({ code: 2, out: '', err: expect.stringContaining('REDIS_URL_FILE') })
    expect(twice.err).not.toContain('hidden')
    expect(repartee({ REDIS_URL_FILE: join(work, 'none') })).toMatchObject({ code: 2, out: '' })
  })
})

test('uWebSockets.js keeps only the binary that this Node loads, and no folder; without a fitting one it fails', () => {
  const own = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`
  const folder = join(work, 'binaries')
  mkdirSync(folder)
  for (const name of [own, 'uws_win32_x64_115.node', 'uws_linux_arm64_999.node', 'uws.js'])
    writeFileSync(join(folder, name), '')
  mkdirSync(join(folder, 'misc'))
  writeFileSync(join(folder, 'misc/key.pem'), '')
  expect(run('sh', ['infra/deploy/docker/prune-uws.sh', folder]).code).toBe(0)
  expect(readdirSync(folder).sort()).toEqual(['uws.js', own].sort())
  rmSync(join(folder, own))
  expect(run('sh', ['infra/deploy/docker/prune-uws.sh', folder]).code).toBe(1)
})

describe('the build context', () => {
  /** .dockerignore: the last pattern that matches a path or a folder above it decides. */
  const rules = readFile('.dockerignore')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const glob = line.replace(/^!/, '')
      const parts = glob.split('/').map((part) => part.replaceAll('.', '\\.').replaceAll('*', '[^/]*'))
      const pattern = parts.join('/').replace(/^\[\^\/\]\*\[\^\/\]\*\//, '(?:.*/)?')
      return { ignores: !line.startsWith('!'), pattern: new RegExp(`^${pattern}(?:/|$)`) }
    })
  const isSent = (path: string): boolean => rules.findLast(({ pattern }) => pattern.test(path))?.ignores !== true

  test('has the manifest of every workspace, which npm ci needs, and nothing else of the tools', () => {
    const { workspaces } = JSON.parse(readFile('package.json')) as { workspaces: string[] }
    for (const workspace of workspaces)
      expect([workspace, isSent(`${workspace}/package.json`)]).toEqual([workspace, true])
    for (const path of ['package-lock.json', 'service/src/main.ts', 'infra/deploy/docker/sbom.ts'])
      expect([path, isSent(path)]).toEqual([path, true])
    for (const path of [
      'infra/tools/cluster/run-cluster.ts',
      'infra/tools/verify.sh',
      'service/node_modules/a/package.json',
    ])
      expect([path, isSent(path)]).toEqual([path, false])
  })
})

test('the files of the image are readable by its user and writable only by root', () => {
  const from = join(work, 'gather')
  const put = (path: string, text: string, mode: number): void => {
    mkdirSync(join(from, dirname(path)), { recursive: true })
    writeFileSync(join(from, path), text, { mode })
    chmodSync(join(from, path), mode)
  }
  // As in a checkout with umask 077, and in one with umask 000.
  for (const path of ['package.json', 'LICENSE', 'service/dist/seed.tar.gz', 'node_modules/a/index.js'])
    put(path, '', 0o600)
  for (const path of ['examples/plain-html/index.html', 'service/package.json']) put(path, '', 0o666)
  put('service/dist/repartee.js', '', 0o755)
  put('node_modules/a/index.d.ts', '', 0o644)
  put('node_modules/a/index.js.map', '', 0o644)
  chmodSync(join(from, 'service/dist'), 0o700)
  symlinkSync('../service', join(from, 'node_modules/own'))
  symlinkSync('../dashboard', join(from, 'node_modules/not-built'))

  const out = join(from, 'out')
  expect(run('sh', ['-c', `cd "${from}" && sh "${root}/infra/deploy/docker/gather.sh" out`])).toMatchObject({
    code: 0,
    err: '',
  })
  const found = readdirSync(out, { recursive: true, encoding: 'utf8' }).map((path) => join(out, path))
  for (const path of found) expect([path, statSync(path).mode & 0o066]).toEqual([path, 0o044])
  expect(statSync(join(out, 'service/dist')).mode & 0o777).toBe(0o755)
  expect(statSync(join(out, 'service/dist/repartee.js')).mode & 0o777).toBe(0o755)
  expect(readdirSync(join(out, 'node_modules')).sort()).toEqual(['a', 'own'])
  expect(readdirSync(join(out, 'node_modules/a'))).toEqual(['index.js'])
})

describe('the SBOM of the image', () => {
  const lockfile = {
    packages: {
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-AAEC', license: 'MIT' },
      'node_modules/@scope/b': { version: '2.0.0', license: 'ISC' },
      'node_modules/a/node_modules/c': { version: '3.0.0' },
      'node_modules/binary': { name: 'mirror-of-binary', version: '4.0.0', integrity: 'sha512-AAEC' },
      'node_modules/svelte': { version: '5.0.0', license: 'MIT' },
      'node_modules/builds-only': { version: '9.0.0' },
    },
  }
  let image: string
  const install = (path: string, name: string, version: string): void => {
    mkdirSync(join(image, path), { recursive: true })
    writeFileSync(join(image, path, 'package.json'), JSON.stringify({ name, version, license: 'MIT' }))
  }
  const named = (name: string): Part | undefined =>
    listParts(image, lockfile, ['svelte']).find((part) => part.name === name)

  beforeEach(() => {
    image = mkdtempSync(join(work, 'listed-'))
    install('node_modules/a', 'a', '1.0.0')
    install('node_modules/@scope/b', '@scope/b', '2.0.0')
    install('node_modules/a/node_modules/c', 'c', '3.0.0')
    install('node_modules/binary', 'mirror-of-binary', '4.0.0')
    install('service', '@repartee/service', '0.1.0')
    symlinkSync('../service', join(image, 'node_modules/service'))
  })

  test('lists exactly the installed packages at every depth, and what is compiled in', () => {
    expect(
      listParts(image, lockfile, ['svelte'])
        .map(({ name, version }) => `${name} ${version}`)
        .sort(),
    ).toEqual(['@scope/b 2.0.0', 'a 1.0.0', 'c 3.0.0', 'mirror-of-binary 4.0.0', 'svelte 5.0.0'])
    expect(named('@scope/b')?.purl).toBe('pkg:npm/%40scope/b@2.0.0')
    expect(named('a')?.hashes).toEqual([{ alg: 'SHA-512', content: '000102' }])
  })

  test('every package that is compiled in is in the lockfile of the repository', () => {
    const { packages } = JSON.parse(readFile('package-lock.json')) as Lockfile
    expect(COMPILED_IN.filter((name) => packages[`node_modules/${name}`]?.version === undefined)).toEqual([])
  })

  test('fails if a package is not the pinned one', () => {
    install('node_modules/a', 'a', '1.0.1')
    expect(() => listParts(image, lockfile, ['svelte'])).toThrow('node_modules/a is 1.0.1, the lockfile has 1.0.0')
    install('node_modules/a', 'a', '1.0.0')
    install('node_modules/planted', 'planted', '1.0.0')
    expect(() => listParts(image, lockfile, ['svelte'])).toThrow('node_modules/planted is not in the lockfile')
  })

  test('has neither a hash nor an origin for a package that replaces another', () => {
    install('node_modules/binary', 'binary', '20.0.0')
    expect(named('binary')).toEqual({
      type: 'library',
      name: 'binary',
      version: '20.0.0',
      licenses: [{ expression: 'MIT' }],
    })
  })
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

  test('replaces the installed one completely', async () => {
    await takeUws(`${url}/release.tar.gz`, sha256, folder)
    expect(installed()).toBe('upstream')
    expect(existsSync(join(folder, 'only-here'))).toBe(false)
  })

  test('is refused if it is another archive, missing, or given without a hash', async () => {
    await expect(takeUws(`${url}/release.tar.gz`, 'a'.repeat(64), folder)).rejects.toThrow(sha256)
    await expect(takeUws(`${url}/none`, sha256, folder)).rejects.toThrow('404')
    await expect(takeUws(`${url}/release.tar.gz`, '', folder)).rejects.toThrow('UWS_SHA256')
    expect(installed()).toBe('registry')
  })

  test('is not fetched if the registry is the source', async () => {
    await takeUws('registry', '', folder)
    expect(installed()).toBe('registry')
  })
})
