import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findOrSkip } from '../servers/find-program.ts'
import { dashboardQueries, dashboards } from './dashboards.ts'
import { infraFile } from './rules.ts'

const promtool = findOrSkip('promtool')

test('there are six dashboards, each with its own name and id, and every graph has a title and a query', () => {
  const all = dashboards()
  expect(all.map(({ title }) => title).sort()).toEqual([
    'Database',
    'Readers’ experience',
    'Redis',
    'Service',
    'Tenants',
    'nginx',
  ])
  expect(new Set(all.map(({ uid }) => uid)).size).toBe(6)
  for (const { panels } of all)
    for (const panel of panels.filter(({ type }) => type !== 'text')) {
      expect(panel.title).not.toBe('')
      expect(panel.targets, panel.title).not.toHaveLength(0)
    }
})

test('no panels overlap', () => {
  for (const { title, panels } of dashboards()) {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    )
    expect(new Set(cells).size, title).toBe(cells.length)
    expect(Math.max(...panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBeLessThanOrEqual(24)
  }
})

test('the dashboards use the provisioned data source', () => {
  const uid = /uid: (\S+)/.exec(infraFile('deploy/grafana/provisioning/datasources/prometheus.yml'))?.[1]
  const asked = [...JSON.stringify(dashboards()).matchAll(/"datasource":\{"type":"prometheus","uid":"([^"]+)"\}/g)]
  expect(new Set(asked.map((match) => match[1]))).toEqual(new Set([uid]))
})

test.skipIf(promtool === null)('every query of a dashboard is valid PromQL', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'repartee-queries-'))
  const file = join(folder, 'queries.yml')
  // JSON is YAML.
  const rules = dashboardQueries().map(({ expr }, i) => ({ record: `query_${i}`, expr }))
  await writeFile(file, JSON.stringify({ groups: [{ name: 'queries', rules }] }))
  const { status, stdout, stderr } = spawnSync(promtool ?? '', ['check', 'rules', file], { encoding: 'utf8' })
  await rm(folder, { recursive: true })
  expect(status, stderr).toBe(0)
  expect(stdout).toContain(`${rules.length} rules found`)
})
