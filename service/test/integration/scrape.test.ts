import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { guest, openThread, post, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'

let service: RunningService
let startedAt: number

beforeAll(async () => {
  service = await startService()
  startedAt = Date.now()
  const site = await registerSite(service, { settings: { premoderation: 'all' } })
  const thread = (await openThread(service, site)).thread.id
  const { token } = await guest(service, site)
  for (const body of ['first', 'second']) await post(service, { site, thread, token, body })
})
afterAll(() => service?.dispose())

const scrape = async (): Promise<string> => (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()

test('a scrape reports the database without a request to /readyz, and no Redis if it is not used', async () => {
  const text = await scrape()
  expect(text).toMatch(/^repartee_db_up 1$/m)
  expect(text).not.toMatch(/^repartee_redis_up \d/m)
})

test('it reports the number and age of pending comments', { timeout: 60_000 }, async () => {
  const age = await vi.waitFor(async () => {
    const text = await scrape()
    expect(text).toMatch(/^repartee_moderation_queue 2$/m)
    expect(text).toMatch(/^repartee_moderation_queue_sites 1$/m)
    return Number(/^repartee_moderation_queue_age_seconds (\S+)$/m.exec(text)?.[1])
  }, 30_000)
  expect(age).toBeGreaterThan(0)
  expect(age).toBeLessThanOrEqual((Date.now() - startedAt) / 1_000)
})
