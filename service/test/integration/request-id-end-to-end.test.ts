import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningService, startService } from '../../testing/start-service.ts'

const given = '0f6b1c2d3e4f5061728394a5b6c7d8e9'
let behindProxy: RunningService
let open: RunningService

beforeAll(async () => {
  behindProxy = await startService({ TRUSTED_PROXIES: '127.0.0.1' })
  open = await startService()
})
afterAll(() => Promise.all([behindProxy?.dispose(), open?.dispose()]))

const idOf = async (service: RunningService, path: string): Promise<string | null> =>
  (await fetch(`${service.url}${path}`, { headers: { 'x-request-id': given } })).headers.get('x-request-id')

test('every answer, including an error, has the request id of the trusted proxy', async () => {
  expect(await idOf(behindProxy, '/healthz')).toBe(given)
  expect(await idOf(behindProxy, '/nothing-here')).toBe(given)
  expect(await idOf(behindProxy, '/api/v1/sites/unknown/thread?page=/a')).toBe(given)
})

test('a client that is not a trusted proxy gets an id from the node', async () => {
  const id = await idOf(open, '/healthz')
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(await idOf(open, '/healthz')).not.toBe(id)
})

test('a page of another origin may send a traceparent', async () => {
  const answer = await fetch(`${open.api}/sites/demo/thread`, {
    method: 'OPTIONS',
    headers: { origin: 'https://blog.example', 'access-control-request-headers': 'traceparent' },
  })
  expect(answer.headers.get('access-control-allow-headers')?.split(', ')).toContain('traceparent')
})
