import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { expect, test } from 'vitest'

test('the built theme still follows color-scheme: light-dark() is delivered as it was written', async () => {
  const output = await build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    logLevel: 'error',
    build: { write: false },
  })
  const chunks = [output].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []))
  const code = chunks.map((chunk) => (chunk.type === 'chunk' ? chunk.code : '')).join('\n')
  expect(code).toContain('--rp-muted:var(--repartee-muted,light-dark(')
  expect(code).not.toContain('--lightningcss')
})
