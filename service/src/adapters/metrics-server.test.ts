import { afterEach, expect, test, vi } from 'vitest'
import { silent } from '../../testing/silent.ts'
import { type MetricsSource, startMetricsServer } from './metrics-server.ts'

let server: Awaited<ReturnType<typeof startMetricsServer>>
afterEach(() => server.close())

const start = async (text: MetricsSource['text'], log = silent) => {
  server = await startMetricsServer({ host: '127.0.0.1', port: 0, log }, { contentType: 'text/plain', text })
  return (method: string) => fetch(`http://127.0.0.1:${server.port}/metrics`, { method })
}

test('metrics that cannot be collected are a logged 500, and the next scrape is answered', async () => {
  const error = vi.fn()
  const text = vi.fn(async () => 'metric 1\n')
  const ask = await start(text, { ...silent, error })
  const cause = new Error('a collector failed')
  text.mockRejectedValueOnce(cause)
  expect((await ask('GET')).status).toBe(500)
  expect(error).toHaveBeenCalledWith(expect.any(String), { error: cause })
  const answer = await ask('GET')
  expect([answer.status, await answer.text()]).toEqual([200, 'metric 1\n'])
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is not a method of /metrics', async (method) => {
  const text = vi.fn(async () => '')
  const answer = await (await start(text))(method)
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  expect(text).not.toHaveBeenCalled()
})
