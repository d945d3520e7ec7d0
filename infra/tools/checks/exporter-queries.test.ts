import { describe, expect, test } from 'vitest'
import { installed } from '../servers/find-program.ts'
import { NGINX_EXPORTER, REDIS_EXPORTER } from '../servers/start-exporter.ts'
import { everyQuery, exporterOf } from './every-query.ts'
import { nginxSeries, readSeries, redisSeries, type SeriesLabels } from './exporter-series.ts'
import { groupingsOf, selectorsOf } from './promql.ts'

/** Labels Prometheus gives every series. */
const GIVEN = ['job', 'instance']

/** Series and labels that queries use and an exporter does not offer. */
const missing = (exporter: 'redis' | 'nginx', series: SeriesLabels): string[] =>
  everyQuery.flatMap(({ where, expr }) => {
    const named = selectorsOf(expr).filter(({ metric }) => exporterOf(metric) === exporter)
    const has = (metric: string, label: string): boolean =>
      GIVEN.includes(label) || series.get(metric)?.has(label) === true
    return [
      ...named.filter(({ metric }) => !series.has(metric)).map(({ metric }) => `${where}: ${metric}`),
      ...named.flatMap(({ metric, labels }) =>
        labels.filter((label) => !has(metric, label)).map((label) => `${where}: ${metric}{${label}}`),
      ),
      // In a query that also names series of the nodes, the grouping may be theirs.
      ...(named.length < selectorsOf(expr).length ? [] : groupingsOf(expr))
        .filter((label) => !named.some(({ metric }) => has(metric, label)))
        .map((label) => `${where}: by ${label}`),
    ]
  })

const asked = (exporter: 'redis' | 'nginx'): string[] =>
  everyQuery
    .flatMap(({ expr }) => selectorsOf(expr).filter(({ metric }) => exporterOf(metric) === exporter))
    .map(({ metric }) => metric)

test('series and their labels are read, and missing ones are found', () => {
  const series = readSeries(
    ['# TYPE redis_up gauge', 'redis_up 1', 'redis_db_keys{db="db0"} 3', 'redis_info{a="x",b="} 1"} 1'].join('\n'),
  )
  expect([...series].map(([name, labels]) => [name, [...labels]])).toEqual([
    ['redis_up', []],
    ['redis_db_keys', ['db']],
    ['redis_info', ['a', 'b']],
  ])
  expect(missing('redis', series)).toContain('RedisMemoryFull: redis_memory_used_bytes')
  expect(missing('redis', series)).not.toContain('ExporterDown: redis_up')
})

describe('every query names series and labels that a running exporter offers', () => {
  test.runIf(installed('redis-server', REDIS_EXPORTER))('of Redis', async () => {
    expect(new Set(asked('redis')).size).toBeGreaterThan(15)
    expect(missing('redis', await redisSeries())).toEqual([])
  })

  test.runIf(installed('nginx', NGINX_EXPORTER))('of nginx', async () => {
    expect(new Set(asked('nginx')).size).toBeGreaterThan(5)
    expect(missing('nginx', await nginxSeries())).toEqual([])
  })
})
