import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningService, startService } from '../harness.ts'

let service: RunningService

beforeAll(async () => {
  service = await startService()
})
afterAll(() => service?.dispose())

test('a scrape tells the state of the database though nobody asked /readyz, and nothing of the Redis that is not used', async () => {
  const text = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
  expect(text).toMatch(/^repartee_db_up 1$/m)
  expect(text).not.toMatch(/^repartee_redis_up \d/m)
})
