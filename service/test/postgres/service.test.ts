import { type CommandResult, newId } from '@repartee/sdk/protocol'
import { type FaultProxy, startFaultProxy } from '@repartee/tools/chaos/proxy/start-fault-proxy'
import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { guest, openThread, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call } from '../../testing/wire-client.ts'

type Created = CommandResult<'comment.create'>

describe.runIf(installed('postgres'))('the service on PostgreSQL', () => {
  let proxy: FaultProxy
  let service: RunningService
  let site = ''
  beforeAll(async () => {
    const cluster = await sharedPostgres()
    proxy = await startFaultProxy(cluster)
    const url = (await cluster.createDatabase()).replace(`:${cluster.port}/`, `:${proxy.port}/`)
    service = await startService({ DATABASE_URL: url, REPARTEE_SECRET: 'a secret of at least 32 characters' })
    site = await registerSite(service)
  })
  afterAll(async () => {
    await service?.dispose()
    proxy?.close()
  })

  const author = async () => {
    const { thread } = await openThread(service, site)
    const { token } = await guest(service, site)
    const create = (key: string) =>
      call<Created>('POST', `${service.api}/sites/${site}/threads/${thread.id}/comments`, {
        token,
        body: { key, body: 'Hello' },
      })
    const changes = async () =>
      (await call<{ head: number }>('GET', `${service.api}/sites/${site}/threads/${thread.id}/changes?since=0`)).body
    return { create, changes }
  }

  test('a comment whose answer is lost between database and service is created once, with 201', async () => {
    const { create, changes } = await author()
    const key = newId()
    proxy.plan.add({ kind: 'cut when answered' }, 1, /insert into comments/)
    const met = proxy.plan.met
    const first = await create(key)
    expect(proxy.plan.met).toBe(met + 1)
    expect(first).toMatchObject({ status: 201, body: { created: true } })
    const again = await create(key)
    expect(again).toMatchObject({ status: 200, body: { created: false, comment: { id: first.body.comment.id } } })
    expect((await changes()).head).toBe(1)
  })

  test('while the database is down a comment is refused within a second; when it is back, the comment is accepted', async () => {
    const { create, changes } = await author()
    const key = newId()
    proxy.kill()
    const took: number[] = []
    for (let n = 0; n < 3; n += 1) {
      const startedAt = Date.now()
      expect(await create(key)).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } })
      took.push(Date.now() - startedAt)
    }
    // A busy machine can suspend this process for longer than that, but not each time.
    expect(Math.min(...took), `${took}`).toBeLessThan(1_000)
    await proxy.accept()
    await vi.waitFor(async () => expect((await create(key)).status).toBe(201), { timeout: 40_000, interval: 100 })
    expect((await changes()).head).toBe(1)
  }, 60_000)
})
