import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guest, openThread, post, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { keepAlive } from '../kept-alive.ts'

const ORIGIN = 'https://blog.example'
let service: RunningService
let snapshot: string

beforeAll(async () => {
  service = await startService()
  const site = await registerSite(service)
  const { thread } = await openThread(service, site, '/long')
  const { token } = await guest(service, site)
  await post(service, { site, thread: thread.id, token, body: 'word '.repeat(400) })
  snapshot = `/api/v1/sites/${site}/thread?page=/long`
})
afterAll(() => service?.dispose())

const decoders: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  br: (body) => brotliDecompressSync(body),
  gzip: (body) => gunzipSync(body),
}

const get = async (path: string, headers: Record<string, string> = {}) => {
  const link = await keepAlive(service.port)
  const answer = await link.ask({ method: 'GET', path, headers: { origin: ORIGIN, ...headers } })
  link.close()
  return answer
}
const paths = () => [snapshot, '/embed.js', '/demo/', '/api/v1/openapi.json']

describe('an answer that can be compressed', () => {
  test('is the same text in every coding, with one weak entity tag', async () => {
    for (const path of paths()) {
      const plain = await get(path)
      expect([path, plain.headers.etag]).toEqual([path, expect.stringMatching(/^W\/"[\w-]+"$/)])
      for (const [coding, decode] of Object.entries(decoders)) {
        const coded = await get(path, { 'accept-encoding': coding })
        expect([path, coded.headers['content-encoding']]).toEqual([path, coding])
        expect(coded.body.equals(plain.body)).toBe(false)
        expect(decode(coded.body).equals(plain.body)).toBe(true)
        expect(coded.headers.etag).toBe(plain.headers.etag)
      }
    }
  })

  test('varies by Accept-Encoding, also if it is a 304 or not compressed', async () => {
    for (const path of paths()) {
      const plain = await get(path)
      const { etag = '', vary } = plain.headers
      expect([path, vary?.split(', ')]).toEqual([path, expect.arrayContaining(['Accept-Encoding'])])
      for (const coding of ['identity', ...Object.keys(decoders)]) {
        const coded = await get(path, { 'accept-encoding': coding })
        const known = await get(path, { 'accept-encoding': coding, 'if-none-match': etag })
        expect([path, known.status, coded.headers.vary, known.headers.vary]).toEqual([path, 304, vary, vary])
      }
    }
  })

  test('is a 304 if its tag is among those of If-None-Match, weak or strong, or that is *', async () => {
    for (const path of paths()) {
      const { etag = '' } = (await get(path)).headers
      for (const known of [etag, etag.replace('W/', ''), `"other", ${etag}`, '*'])
        expect([path, known, (await get(path, { 'if-none-match': known })).status]).toEqual([path, known, 304])
      expect([path, (await get(path, { 'if-none-match': '"other"' })).status]).toEqual([path, 200])
    }
  })
})
