import { describe, expect, test } from 'vitest'
import { dashboardQueries } from './dashboards.ts'
import { exportedSeries, hasLabel } from './exported.ts'
import { groupingsOf, selectorsOf } from './promql.ts'
import { allRules, infraFile } from './rules.ts'

const rules = allRules()
const recorded = new Map(rules.filter(({ kind }) => kind === 'record').map(({ name, expr }) => [name, expr]))
const exported = await exportedSeries()

const queries: { where: string; expr: string }[] = [
  ...rules.map(({ name, expr }) => ({ where: name, expr })),
  ...dashboardQueries().map(({ dashboard, panel, expr }) => ({ where: `${dashboard}: ${panel}`, expr })),
  // Markdown's code blocks of runbooks are typed by somebody under pressure: they must work.
  ...rules.flatMap(({ runbook }) =>
    runbook === null
      ? []
      : [...infraFile(runbook.replace('infra/', '')).matchAll(/```promql\n([\s\S]*?)```/g)].flatMap((match) =>
          (match[1] ?? '')
            .trim()
            .split('\n')
            .map((expr) => ({ where: runbook, expr })),
        ),
  ),
]

test('metrics, their labels and groupings are found in an expression', () => {
  const expr =
    'histogram_quantile(0.99, sum by (le, type) (rate(repartee_command_ms_bucket{type="a b_total{"}[5m]))) > 1e3 and on(instance) up offset 5m'
  expect(selectorsOf(expr)).toEqual([
    { metric: 'repartee_command_ms_bucket', labels: ['type'] },
    { metric: 'up', labels: [] },
  ])
  expect(groupingsOf(expr)).toEqual(['le', 'type', 'instance'])
})

test('a label the registry does not know is not taken for one', () => {
  expect(hasLabel('repartee_commands_total', 'outcome')).toBe(true)
  expect(hasLabel('repartee_command_ms_bucket', 'outcome')).toBe(false)
  expect(hasLabel('repartee_db_host_up', 'host')).toBe(true)
  expect(hasLabel('repartee_no_such_total', 'outcome')).toBe(false)
})

describe('every query of rules, dashboards and runbooks', () => {
  test('names series that a node exports or a rule records, and there are many', () => {
    expect(queries.length).toBeGreaterThan(80)
    for (const { where, expr } of queries) {
      const named = selectorsOf(expr)
      expect(named, `${where}: ${expr}`).not.toEqual([])
      for (const { metric } of named)
        expect(exported.has(metric) || recorded.has(metric), `${where}: ${metric}`).toBe(true)
    }
  })

  test('selects and groups by labels that those series have', () => {
    for (const { where, expr } of queries)
      for (const { metric, labels } of selectorsOf(expr))
        if (metric.startsWith('repartee_'))
          for (const label of labels) expect(hasLabel(metric, label), `${where}: ${metric}{${label}}`).toBe(true)
    for (const { where, expr } of queries) {
      const metrics = selectorsOf(expr)
        .map(({ metric }) => metric)
        .flatMap((metric) =>
          recorded.has(metric) ? selectorsOf(recorded.get(metric) ?? '').map((s) => s.metric) : metric,
        )
      for (const label of groupingsOf(expr))
        expect(
          metrics.some((metric) => hasLabel(metric, label)),
          `${where}: by ${label}`,
        ).toBe(true)
    }
  })
})
