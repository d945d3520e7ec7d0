import { createMetrics } from '@repartee/service/metrics'

/** Labels that Prometheus adds to every series, and those of buckets. */
const GIVEN = new Set(['job', 'instance', 'le', '__name__'])

/** Every series that a node exports, by name, with its type; a histogram is listed as its three series. */
export const exportedSeries = async (): Promise<ReadonlyMap<string, string>> => {
  const series = new Map([['up', 'gauge']])
  const text = await createMetrics().text()
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm))
    for (const part of type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) series.set(`${name}${part}`, type)
  return series
}

/** Whether a series of the nodes has a label: the registry refuses labels it does not know. */
export const hasLabel = (series: string, label: string): boolean => {
  if (GIVEN.has(label)) return true
  const { metrics } = createMetrics()
  const name = series.replace(/^repartee_/, '').replace(/_(?:total|bucket|sum|count)$/, '')
  const labels = { [label]: 'x' }
  for (const write of [
    () => metrics.count(name as Parameters<typeof metrics.count>[0], labels),
    () => metrics.observe(name as Parameters<typeof metrics.observe>[0], 1, labels),
    () => metrics.gauge(name as Parameters<typeof metrics.gauge>[0], 1, labels),
  ])
    try {
      write()
      return true
    } catch {
      // Another type, or no such label.
    }
  return false
}
