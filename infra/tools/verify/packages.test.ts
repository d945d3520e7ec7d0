import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('packages.sh', import.meta.url))

let bin: string
const asked = (): string => (existsSync(join(bin, 'log')) ? readFileSync(join(bin, 'log'), 'utf8') : '')
const command = (name: string, body: string): void => {
  writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
  chmodSync(join(bin, name), 0o755)
}

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'repartee-verify-'))
  command('apt-get', `echo "$@" >> ${bin}/log`)
  command('there', 'true')
})
afterEach(() => rmSync(bin, { recursive: true }))

/** The first steps of verify.sh with one program that is there and two that are not. */
const verify = (o: { user: 'root' | 'somebody'; terminal?: string; yes?: 'yes' }) => {
  command('id', `echo ${o.user === 'root' ? 0 : 1000}`)
  const script = `
    set -euo pipefail
    source ${SCRIPT}
    needs=("there package-a unit" "not-there package-b integration,e2e" "/nor/this package-c chaos")
    builds_judges() { false; }
    at_terminal() { ${o.terminal === undefined ? 'false' : 'true'}; }
    missing=$(missing_packages)
    announce "$missing"
    agreed ${o.yes ?? 'no'} || exit 3
    install_missing "$missing"`
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { env, input: o.terminal, encoding: 'utf8' })
  return { status, said: stdout, complaint: stderr }
}
const INSTALLED =
  'update -qq\ninstall -y -qq --no-install-recommends package-b package-c fonts-noto-core fonts-noto-color-emoji\n'

test('as root without a terminal, missing packages are listed and installed', () => {
  expect(verify({ user: 'root' })).toEqual({
    status: 0,
    said: expect.stringContaining('Debian packages    package-b package-c'),
    complaint: '',
  })
  expect(asked()).toBe(INSTALLED)
})

test('at a terminal they are listed first and installed only after a yes', () => {
  expect(verify({ user: 'root', terminal: 'no\n' })).toMatchObject({
    status: 3,
    said: expect.stringContaining('package-b package-c'),
  })
  expect(asked()).toBe('')
  expect(verify({ user: 'root', terminal: '\n' }).status).toBe(0)
  expect(asked()).toBe(INSTALLED)
})

test('--yes asks nothing', () => {
  expect(verify({ user: 'root', terminal: 'no\n', yes: 'yes' }).status).toBe(0)
  expect(asked()).toBe(INSTALLED)
})

test('without root nothing is installed, and each missing package is named with the suites that skip tests', () => {
  const { status, said } = verify({ user: 'somebody' })
  expect(status).toBe(0)
  expect(said).toContain('package-b    in integration,e2e\n')
  expect(said).toContain('package-c    in chaos\n')
  expect(said).not.toContain('package-a')
  expect(asked()).toBe('')
})

test('an installation that fails ends the check', () => {
  command('apt-get', 'exit 7')
  expect(verify({ user: 'root' }).status).toBe(7)
})
