import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { findOrSkip } from '../servers/find-program.ts'
import { allRules, infraFile, infraNames } from './rules.ts'

const promtool = findOrSkip('promtool')
const amtool = findOrSkip('amtool')
const folder = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url))
const alerts = allRules().filter(({ kind }) => kind === 'alert')

/** `ok`, or the program's complaint. */
const run = async (program: string | null, ...args: string[]): Promise<string> => {
  try {
    await promisify(execFile)(program ?? '', args, { cwd: folder })
    return 'ok'
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    return `${stdout ?? ''}${stderr ?? ''}` || String(error)
  }
}

describe.skipIf(promtool === null)('promtool', () => {
  test('accepts the configuration and the rules', async () => {
    expect(await run(promtool, 'check', 'config', 'prometheus.yml')).toBe('ok')
    expect(await run(promtool, 'check', 'rules', 'rules/recording.yml', 'rules/alerts.yml')).toBe('ok')
  })

  test('passes the unit tests of the alerts', async () => {
    expect(await run(promtool, 'test', 'rules', 'tests/alerts.test.yml')).toBe('ok')
  }, 300_000)
})

test.skipIf(amtool === null)('amtool accepts the routes', async () => {
  expect(await run(amtool, 'check-config', 'alertmanager.yml')).toBe('ok')
})

test('every alert has a unit test in which it fires and one in which it does not', () => {
  const cases = infraFile('deploy/prometheus/tests/alerts.test.yml')
    .split(/^ *- eval_time: /m)
    .slice(1)
  const of = (name: string) => cases.filter((text) => text.includes(`alertname: ${name}\n`))
  for (const { name } of alerts) {
    expect(
      of(name).filter((text) => text.includes('exp_labels')),
      `${name} fires`,
    ).not.toEqual([])
    expect(
      of(name).filter((text) => text.includes('exp_alerts: []')),
      `${name} is silent`,
    ).not.toEqual([])
  }
  expect(alerts.length).toBeGreaterThan(15)
})

test('every alert has a severity, and every alert named by an inhibition exists', () => {
  for (const { name, labels } of alerts) expect(labels, name).toMatch(/severity: (page|ticket)/)
  const named = [...infraFile('deploy/prometheus/alertmanager.yml').matchAll(/alertname=~?"([^"]+)"/g)].flatMap(
    (match) => (match[1] ?? '').split('|'),
  )
  expect(named.filter((name) => !alerts.some((alert) => alert.name === name))).toEqual([])
})

const fileOf = (name: string): string => `${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()}.md`

test('every alert has a runbook and every runbook an alert', () => {
  for (const { name, runbook } of alerts) expect(runbook).toBe(`infra/docs/runbooks/${fileOf(name)}`)
  const pages = infraNames('docs/runbooks').filter((name) => name !== 'README.md')
  expect(pages).toEqual(alerts.map(({ name }) => fileOf(name)).sort())
})

test('a runbook says what the alert means, how to see it, what to do first and what to do next', () => {
  for (const { name } of alerts) {
    const page = infraFile(`docs/runbooks/${fileOf(name)}`)
    expect(page.split('\n')[0]).toBe(`# ${name}`)
    expect(
      [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1]),
      name,
    ).toEqual(['What it means', 'See it', 'First', 'Then'])
  }
})
