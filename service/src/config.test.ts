import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ConfigError, options, readConfig } from './config.ts'

test('an empty environment gives a working configuration', () => {
  expect(readConfig({})).toMatchObject({ PORT: 8080, METRICS_PORT: 9464, DEMO: true, TRUSTED_PROXIES: [] })
})

test('every problem is reported at once, and a secret is never repeated', () => {
  const read = () => readConfig({ PORT: 'eighty', DEMO: 'maybe', REPARTEE_SECRET: 'too short' })
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(/PORT.*\n[\s\S]*DEMO|DEMO[\s\S]*PORT/)
  expect(read).toThrow(/REPARTEE_SECRET/)
  expect(read).not.toThrow(/too short/)
})

test('PUBLIC_URL is an origin without a path', () => {
  expect(readConfig({ PUBLIC_URL: 'https://comments.example' }).PUBLIC_URL).toBe('https://comments.example')
  expect(() => readConfig({ PUBLIC_URL: 'https://comments.example/path' })).toThrow(/PUBLIC_URL/)
  expect(() => readConfig({ PUBLIC_URL: 'javascript:alert(1)' })).toThrow(/PUBLIC_URL/)
})

test('what belongs together is asked for together', () => {
  const DATABASE_URL = 'postgres://u@localhost/db'
  expect(() => readConfig({ DATABASE_URL })).toThrow(/REPARTEE_SECRET/)
  expect(() => readConfig({ REDIS_URL: 'redis://localhost' })).toThrow(/DATABASE_URL/)
  expect(readConfig({ DATABASE_URL, REPARTEE_SECRET: 'x'.repeat(32), REDIS_URL: 'redis://localhost' })).toMatchObject({
    DATABASE_URL,
  })
})

test('the README lists exactly these variables with their defaults', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8')
  const rows = Object.entries(options).map(
    ([name, option]) => `| \`${name}\` | ${option.default === '' ? '' : `\`${option.default}\``} | ${option.desc} |`,
  )
  expect(readme).toContain(rows.join('\n'))
})
