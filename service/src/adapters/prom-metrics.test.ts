import { expect, test } from 'vitest'
import { createMetrics } from './prom-metrics.ts'

const upLines = async (text: () => Promise<string>): Promise<string[]> =>
  (await text()).split('\n').filter((line) => /^repartee_\w+_up /.test(line))

test('a node without Redis does not report Redis as down', async () => {
  const { metrics, text } = createMetrics()
  expect(await upLines(text)).toEqual([])
  metrics.gauge('redis_up', 0)
  expect(await upLines(text)).toEqual(['repartee_redis_up 0'])
})
