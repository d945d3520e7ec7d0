import { expect, test } from 'vitest'
import { filesBelow, readFile } from '../deployment-tools.ts'
import { importsOfTestSupport, relativeCrossings } from './package-imports.ts'

const { workspaces } = JSON.parse(readFile('package.json')) as { workspaces: string[] }

const sources = [...workspaces, 'infra/deploy']
  .flatMap((folder) => ['.ts', '.svelte'].flatMap((end) => filesBelow(folder, end)))
  .filter((path) => !/\/(?:node_modules|dist)\//.test(path))

test('an import of another workspace by its path is found, however it is written', () => {
  const planted = [
    "import { one } from '../../infra/tools/servers/one.ts'",
    "export type { Two } from '../../sdk/src/two.ts'",
    "const three = await import('../../widget/src/three.ts')",
    "import '../../sdk/src/four.ts'",
    "import type {\n  Five,\n} from '../../sdk/src/five.ts'",
    "import { own } from '../src/own.ts'",
    "import { named } from '@repartee/sdk'",
    "import { render } from '../../infra/deploy/nginx/render.ts'",
  ].join('\n')
  expect(relativeCrossings([{ path: 'service/test/planted.ts', text: planted }], workspaces)).toEqual([
    'service/test/planted.ts imports infra/tools/servers/one.ts',
    'service/test/planted.ts imports sdk/src/two.ts',
    'service/test/planted.ts imports widget/src/three.ts',
    'service/test/planted.ts imports sdk/src/four.ts',
    'service/test/planted.ts imports sdk/src/five.ts',
  ])
})

test('production code that imports test support is found', () => {
  const text = "import { startRedis } from '@repartee/tools/servers/start-redis'"
  const own = "import { guest } from '../../testing/people.ts'"
  const files = [
    { path: 'service/src/startup/planted.ts', text },
    { path: 'service/src/startup/planted.test.ts', text },
    { path: 'service/src/core/planted.ts', text: own },
    { path: 'service/test/planted.test.ts', text },
  ]
  expect(importsOfTestSupport(files)).toEqual(['service/src/startup/planted.ts', 'service/src/core/planted.ts'])
})

test('workspaces import each other by name, and production code imports no test support', () => {
  expect(sources.length).toBeGreaterThan(400)
  const files = sources.map((path) => ({ path, text: readFile(path) }))
  // The planted lines above are text.
  const others = files.filter(({ path }) => !path.endsWith('package-imports.test.ts'))
  expect(relativeCrossings(others, workspaces)).toEqual([])
  expect(importsOfTestSupport(others)).toEqual([])
})
