import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HttpRequest } from './http.ts'
import { loadStaticFiles, type StaticFiles } from './static-files.ts'

let folder: string
let files: StaticFiles

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'repartee-static-'))
  await mkdir(join(folder, 'app/hashed'), { recursive: true })
  await writeFile(join(folder, 'index.html'), '<p>page</p>')
  await writeFile(join(folder, 'app/hashed/a1.js'), 'one()')
  await writeFile(join(folder, 'app/version.json'), '{}')
  files = await loadStaticFiles(
    [
      { prefix: '/panel/app/hashed/', folder: join(folder, 'app/hashed'), immutable: true, shared: false },
      {
        prefix: '/panel/',
        folder,
        immutable: false,
        shared: false,
        headers: { 'content-security-policy': "default-src 'none'" },
        fallback: 'index.html',
      },
    ],
    { '/': '/panel/' },
  )
})
afterAll(() => rm(folder, { recursive: true }))

const get = (path: string) => {
  const request = { path, header: () => '' } as unknown as HttpRequest
  const reply = files.answer(request)
  return { ...reply, body: reply.body?.toString() }
}
const NOT_FOUND = expect.objectContaining({ code: 'route_not_found' })

test.each(['/panel', '/panel/', '/panel/sites/abc', '/panel/sites/abc/', '/panel/reset'])(
  'the page of the application answers %s',
  (path) => {
    const { status, body, headers } = get(path)
    expect([status, body]).toEqual([200, '<p>page</p>'])
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': "default-src 'none'",
    })
  },
)

test('a file that is gone is not found, so that no page is run as a script', () => {
  for (const path of ['/panel/app/hashed/b2.js', '/panel/app/none.json', '/panel/sites/a.b'])
    expect(() => get(path), path).toThrow(NOT_FOUND)
})

test('the application answers nothing outside its prefix', () => {
  for (const path of ['/panels', '/panel.html', '/other/sites', '/api/v1/panel'])
    expect(() => get(path), path).toThrow(NOT_FOUND)
})

test('hashed files are kept for ever, others are asked for again; the first root that has a file serves it', () => {
  expect(get('/panel/app/hashed/a1.js').headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
  })
  expect(get('/panel/app/version.json').headers).toMatchObject({ 'cache-control': 'no-cache' })
})

test('a redirect is no file', () => {
  expect(get('/')).toMatchObject({ status: 302, headers: { location: '/panel/' } })
})
