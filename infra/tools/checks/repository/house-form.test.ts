import { expect, test } from 'vitest'
import { readFile } from '../deployment-tools.ts'
import { doubledNames, longFiles } from './house-form.ts'
import { repositoryFiles } from './repository-files.ts'

test('two source files with the same name are found, unless a tool requires the name', () => {
  const planted = [
    'sdk/src/clock.ts',
    'service/src/core/clock.ts',
    'service/src/index.ts',
    'widget/src/index.ts',
    'widget/vite.config.ts',
    'dashboard/vite.config.ts',
    'dashboard/src/routes/+page.svelte',
    'dashboard/src/routes/login/+page.svelte',
    'service/README.md',
    'widget/README.md',
  ]
  expect(doubledNames(planted)).toEqual([['sdk/src/clock.ts', 'service/src/core/clock.ts']])
})

test('a source file over 400 lines is found, a document is not', () => {
  const lines = (count: number): string => 'x\n'.repeat(count)
  const planted = [
    { path: 'sdk/src/long.ts', text: lines(401) },
    { path: 'sdk/src/full.ts', text: lines(400) },
    { path: 'sdk/PROTOCOL.md', text: lines(800) },
  ]
  expect(longFiles(planted)).toEqual(['sdk/src/long.ts: 401'])
})

test('no two source files of the repository share a name, and none is over 400 lines', () => {
  const paths = repositoryFiles()
  expect(paths.length).toBeGreaterThan(500)
  expect(doubledNames(paths)).toEqual([])
  const texts = paths.filter((path) => !path.endsWith('.png')).map((path) => ({ path, text: readFile(path) }))
  expect(longFiles(texts)).toEqual([])
})

test('no source asks URL.canParse, whose answer changes while a process runs', () => {
  const asks = repositoryFiles().filter(
    (path) =>
      /^(service|infra)\/.*\.ts$/.test(path) && /\bcanParse\(/.test(readFile(path)) && !path.includes('house-form'),
  )
  expect(asks).toEqual([])
})
