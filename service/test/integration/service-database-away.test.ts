import { newId, type Snapshot } from '@repartee/sdk/protocol'
import { type FaultProxy, startFaultProxy } from '@repartee/tools/chaos/proxy/start-fault-proxy'
import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../testing/eventually.ts'
import { guest, openThread, post, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call, connect } from '../../testing/wire-client.ts'

describe.runIf(installed('postgres'))('while the database is unavailable', () => {
  let proxy: FaultProxy
  let service: RunningService
  let site: string

  beforeAll(async () => {
    const postgres = await sharedPostgres()
    proxy = await startFaultProxy(postgres)
    const url = new URL(await postgres.createDatabase())
    url.port = String(proxy.port)
    service = await startService({ DATABASE_URL: url.href, REPARTEE_SECRET: 'a secret that is long enough for it' })
    site = await registerSite(service)
  })
  afterAll(async () => {
    await service?.dispose()
    proxy?.close()
  })

  test('cached pages are served marked stale, posts are refused at once as unavailable, and service recovers', async () => {
    const page = `${service.api}/sites/${site}/thread?page=/away`
    const { thread } = await openThread(service, site, '/away')
    const { token } = await guest(service, site)
    await post(service, { site, thread: thread.id, token, body: 'before' })
    const before = await call<Snapshot>('GET', page)
    const posts = `${service.api}/sites/${site}/threads/${thread.id}/comments`
    const socket = await connect(service.api, { origin: 'https://blog.example' })
    await socket.ask({ type: 'hello', site, version: 1, token })

    proxy.kill()
    const command = { key: newId(), body: 'while it is away' }
    const times: number[] = []
    for (let i = 0; i < 5; i += 1) {
      const from = performance.now()
      const answer = await call('POST', posts, { token, body: command })
      times.push(performance.now() - from)
      expect([answer.status, answer.body]).toMatchObject([
        503,
        { error: { code: 'unavailable', retryAfterMs: expect.any(Number) } },
      ])
    }
    expect(await socket.ask({ type: 'comment.create', thread: thread.id, ...command })).toMatchObject({
      error: { code: 'unavailable' },
    })
    expect(Math.max(...times)).toBeLessThan(4_000)

    const stale = await call<Snapshot>('GET', page)
    expect(stale.status).toBe(200)
    expect(stale.body).toEqual({ ...before.body, stale: true })
    expect((await call('GET', page.replace('/away', '/never-seen'))).status).toBe(503)
    await eventually(async () =>
      expect((await call('GET', `${service.url}/readyz`)).body).toMatchObject({ status: 'down' }),
    )
    expect((await call('GET', `${service.url}/healthz`)).status).toBe(200)

    await proxy.accept()
    await vi.waitFor(async () => expect((await call('GET', `${service.url}/readyz`)).status).toBe(200), {
      timeout: 20_000,
    })
    const stored = await post(service, { site, thread: thread.id, token, ...command })
    const again = await post(service, { site, thread: thread.id, token, ...command })
    expect([stored.created, again.created, again.comment.id]).toEqual([true, false, stored.comment.id])
    const after = await call<Snapshot>('GET', page)
    expect(after.body.stale).toBeUndefined()
    expect(after.body.thread.commentCount).toBe(2)
    console.info(`database away: posts were refused after ${times.map(Math.round).join(', ')} ms`)
    socket.close()
  })
})
