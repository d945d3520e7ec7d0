import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as sdk from '../src/index.ts'
import { openServer } from './client-harness.ts'

/** The modules that a file needs at run time. `import type` and `export type` are erased. */
const runtimeImports = (file: URL): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^(import|export) (?!type\b)([^'"]*?from )?'([^']+)'/gm)]
    .filter(([, , names = '']) => !/^\{\s*(type \w+,?\s*)+\} from $/.test(names))
    .map(([, , , from = '']) => from)

test('the client needs no package at run time, and no schema of the protocol', () => {
  const seen = new Set<string>()
  const visit = (file: URL): void => {
    if (seen.has(file.pathname)) return
    seen.add(file.pathname)
    for (const from of runtimeImports(file)) {
      expect(from, file.pathname).toMatch(/^\./)
      visit(new URL(from, file))
    }
  }
  visit(new URL('../src/index.ts', import.meta.url))
  expect([...seen].map((path) => path.replace(/.*\/src\//, '')).filter((path) => path.startsWith('protocol/'))).toEqual(
    ['protocol/errors.ts', 'protocol/close-codes.ts', 'protocol/codec.ts', 'protocol/version.ts', 'protocol/new-id.ts'],
  )
})

test('the example of the README runs', async () => {
  const server = await openServer()
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const example =
    /<!-- example -->\n```js\nimport \{ (.*) \} from '@repartee\/sdk'\n\n([^`]*(?:`[^`]+`[^`]*)*?)```/.exec(readme)
  const [, names = '', code = ''] = example ?? []
  const lines: string[] = []
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<unknown>
  const run = new AsyncFunction(
    ...names.split(', '),
    'console',
    `${code.replace('https://comments.example', server.baseUrl)}\nreturn client`,
  )
  const exported: Record<string, unknown> = { ...sdk }
  const log = (...values: unknown[]): void => void lines.push(JSON.stringify(values))
  const client = (await run(...names.split(', ').map((name) => exported[name]), { log })) as sdk.Client
  await expect.poll(() => lines.some((line) => line.includes('changed'))).toBe(true)
  expect(server.thread.head).toBe(1)
  client.close()
})
