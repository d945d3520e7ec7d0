import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const folder = new URL('../dist/w/', import.meta.url)

test('the built theme still follows color-scheme: light-dark() is not compiled away', () => {
  const code = readdirSync(folder)
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n')
  expect(code).toContain('--rp-muted:var(--repartee-muted,light-dark(')
  expect(code).not.toContain('--lightningcss')
})
