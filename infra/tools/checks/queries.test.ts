import { describe, expect, test } from 'vitest'
import { everyQuery, exporterOf, recorded } from './every-query.ts'
import { exportedSeries, hasLabel } from './exported.ts'
import { groupingsOf, selectorsOf } from './promql.ts'

const exported = await exportedSeries()

test('metrics, their labels and groupings are found in an expression', () => {
  const expr =
    'histogram_quantile(0.99, sum by (le, type) (rate(repartee_command_ms_bucket{type="a b_total{"}[5m]))) > 1e3 and on(instance) up offset 5m'
  expect(selectorsOf(expr)).toEqual([
    { metric: 'repartee_command_ms_bucket', labels: ['type'] },
    { metric: 'up', labels: [] },
  ])
  expect(groupingsOf(expr)).toEqual(['le', 'type', 'instance'])
})

test('an unknown label is not accepted', () => {
  expect(hasLabel('repartee_commands_total', 'outcome')).toBe(true)
  expect(hasLabel('repartee_command_ms_bucket', 'outcome')).toBe(false)
  expect(hasLabel('repartee_db_host_up', 'host')).toBe(true)
  expect(hasLabel('repartee_no_such_total', 'outcome')).toBe(false)
})

describe('each query of rules, dashboards and runbooks', () => {
  test('names series that a node or an exporter exports or a rule records, and there are many', () => {
    expect(everyQuery.length).toBeGreaterThan(80)
    for (const { where, expr } of everyQuery) {
      const named = selectorsOf(expr)
      expect(named, `${where}: ${expr}`).not.toEqual([])
      for (const { metric } of named)
        expect(exported.has(metric) || recorded.has(metric) || exporterOf(metric) !== null, `${where}: ${metric}`).toBe(
          true,
        )
    }
  })

  test('selects and groups by labels that those series have', () => {
    for (const { where, expr } of everyQuery)
      for (const { metric, labels } of selectorsOf(expr))
        if (metric.startsWith('repartee_'))
          for (const label of labels) expect(hasLabel(metric, label), `${where}: ${metric}{${label}}`).toBe(true)
    // Queries that only name series of exporters have their own test.
    const ours = everyQuery.filter(({ expr }) => selectorsOf(expr).some(({ metric }) => exporterOf(metric) === null))
    for (const { where, expr } of ours) {
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
