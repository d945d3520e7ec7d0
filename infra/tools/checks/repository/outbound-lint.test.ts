import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFile, root } from '../deployment-tools.ts'

const IMPORTS = 'lint/style/noRestrictedImports'
const GLOBALS = 'lint/style/noRestrictedGlobals'

/** What opens connections, or could, with the rule that refuses it. */
const refused: readonly (readonly [text: string, rule: string])[] = [
  ["import { request } from 'undici'\nrequest('')", IMPORTS],
  ["import { get } from 'node:https'\nget('')", IMPORTS],
  ["import https from 'https'\nhttps.get('')", IMPORTS],
  ["import { request } from 'node:http'\nrequest('')", IMPORTS],
  ["import { request } from 'http'\nrequest('')", IMPORTS],
  ["import * as http from 'node:http'\nhttp.get('')", IMPORTS],
  ["import { connect } from 'node:net'\nconnect(1)", IMPORTS],
  ["import { Socket } from 'node:net'\nnew Socket()", IMPORTS],
  ["import net from 'node:net'\nnet.connect(1)", IMPORTS],
  ["import { connect } from 'node:tls'\nconnect(1)", IMPORTS],
  ["import { connect } from 'node:http2'\nconnect('')", IMPORTS],
  ["import { createSocket } from 'node:dgram'\ncreateSocket('udp4')", IMPORTS],
  ["export { request } from 'undici'", IMPORTS],
  ["await import('undici')", IMPORTS],
  ["await fetch('')", GLOBALS],
  ["await globalThis.fetch('')", GLOBALS],
  ["new WebSocket('')", GLOBALS],
  ["new EventSource('')", GLOBALS],
]
const folders = ['adapters', 'adapters/postgres', 'cli', 'control', 'core', 'realtime', 'startup', 'transport']

const accepted: readonly (readonly [path: string, text: string])[] = [
  ['service/src/transport/accepted.ts', "import { BlockList, isIP } from 'node:net'\nisIP(String(new BlockList()))"],
  ['service/src/adapters/accepted.ts', "import { createServer } from 'node:http'\ncreateServer()"],
  [
    'service/src/adapters/accepted-tls.ts',
    "import type { ConnectionOptions } from 'node:tls'\nexport type O = ConnectionOptions",
  ],
  ['service/src/adapters/outbound/accepted.ts', "import { Client } from 'undici'\nnew Client('')"],
  [
    'service/src/adapters/outbound/accepted-net.ts',
    "import { isIP, type LookupFunction } from 'node:net'\nexport type L = LookupFunction\nisIP('')",
  ],
  ['service/src/control/control-client.ts', "import { request } from 'node:http'\nrequest('')"],
  ['service/src/core/accepted.test.ts', "await fetch('')"],
  ['service/test/accepted.ts', "import net from 'node:net'\nnet.connect(1)\nawait fetch('')"],
]

let folder: string
/** The rules against each file, by its path. */
const rules = new Map<string, string[]>()

const plant = (path: string, text: string): void => {
  mkdirSync(join(folder, dirname(path)), { recursive: true })
  writeFileSync(join(folder, path), `${text}\n`)
}
const pathOf = (at: string, n: number): string => `service/src/${at}/planted-${n}.ts`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'repartee-lint-'))
  const { vcs: _, $schema: __, ...config } = JSON.parse(readFile('.biome.json')) as Record<string, unknown>
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(config))
  for (const at of folders) for (const [n, [text]] of refused.entries()) plant(pathOf(at, n), text)
  for (const [path, text] of accepted) plant(path, text)
  const biome = join(root, 'node_modules/.bin/biome')
  const args = [
    'lint',
    '--reporter=json',
    '--max-diagnostics=none',
    '--only=style/noRestrictedImports',
    '--only=style/noRestrictedGlobals',
    '.',
  ]
  const { stdout } = spawnSync(biome, args, { cwd: folder, encoding: 'utf8' })
  const report = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string | { file: string } } }[]
  }
  for (const { category, location } of report.diagnostics) {
    const path = typeof location.path === 'string' ? location.path : location.path.file
    rules.set(path, [...new Set([...(rules.get(path) ?? []), category])])
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each(folders)('in service/src/%s the linter refuses whatever connects to others', (at) => {
  for (const [n, [text, rule]] of refused.entries()) expect(rules.get(pathOf(at, n)), text).toEqual([rule])
})

test('it accepts what does not, the outbound client, the client of the control socket, and tests', () => {
  for (const [path] of accepted) expect(rules.get(path), path).toBeUndefined()
})
