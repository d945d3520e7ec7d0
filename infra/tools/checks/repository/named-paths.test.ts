import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readFile, root } from '../deployment-tools.ts'
import { namedPaths } from './named-paths.ts'
import { repositoryFiles } from './repository-files.ts'

const files = repositoryFiles()
const folders = new Set(files.filter((path) => path.includes('/')).map((path) => path.slice(0, path.indexOf('/'))))
const missing = (file: string, text: string): string[] =>
  namedPaths(file, text, folders).filter((path) => !existsSync(join(root, path)))

test('paths that do not exist are found in links, code and prose; addresses and names of packages are no paths', () => {
  const planted = [
    'See [versions](versions.md), [nothing](nothing.md#here) and [the root](../../../README.md#start).',
    'Edit `service/src/core/nothing.ts`, or `service/src/core/commands.ts`.',
    'Run `node service/dist/repartee.js`; infra/tools/nothing.sh is not there.',
    '`@repartee/sdk/protocol`, https://example.com/service/nothing, either/or',
  ].join('\n')
  expect(missing('infra/docs/guides/planted.md', planted)).toEqual([
    'infra/docs/guides/nothing.md',
    'service/src/core/nothing.ts',
    'infra/tools/nothing.sh',
  ])
})

test('every path that a document names exists', () => {
  const documents = files.filter((path) => path.endsWith('.md'))
  expect(documents).toContain('CONTRIBUTING.md')
  const broken = documents.flatMap((file) => missing(file, readFile(file)).map((path) => `${file}: ${path}`))
  expect(broken).toEqual([])
})
