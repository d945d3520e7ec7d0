import { type Comment, newId, type Snapshot } from '@repartee/sdk/protocol'
import { installed } from '@repartee/tools/servers/find-program'
import { sharedPostgres } from '@repartee/tools/servers/migrated-postgres'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../testing/eventually.ts'
import { guest, openThread, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call, connect } from '../../testing/wire-client.ts'

/** The node that stops and the one that is queried afterwards use the same database. */
describe.runIf(installed('postgres'))('a node that stops', () => {
  let env: Record<string, string>
  const running = new Set<RunningService>()

  afterEach(async () => {
    for (const service of running) await service.dispose()
    running.clear()
  })

  const start = async (more: Record<string, string> = {}): Promise<RunningService> => {
    env ??= {
      DATABASE_URL: await (await sharedPostgres()).createDatabase(),
      REPARTEE_SECRET: 'a secret that both of the nodes share',
    }
    const service = await startService({ ...env, ...more })
    running.add(service)
    return service
  }
  /** `dispose` would stop it again. */
  const stopped = (service: RunningService): Promise<void> => {
    running.delete(service)
    return service.dispose()
  }

  test('reports draining at once, still serves during the grace period, and refuses new sockets', async () => {
    const service = await start({ DRAIN_GRACE_MS: '3000' })
    const site = await registerSite(service)
    const { thread } = await openThread(service, site)
    const writer = await guest(service, site)
    const stop = stopped(service)
    const ready = await call('GET', `${service.url}/readyz`)
    expect([ready.status, ready.body.status]).toEqual([503, 'draining'])
    expect((await call('GET', `${service.url}/healthz`)).status).toBe(200)
    await expect(connect(service.api)).rejects.toThrow('503')
    const posted = await call('POST', `${service.api}/sites/${site}/threads/${thread.id}/comments`, {
      token: writer.token,
      body: { key: newId(), body: 'in the last second' },
    })
    expect(posted.status).toBe(201)
    await stop
    await expect(call('GET', `${service.url}/healthz`)).rejects.toThrow()
  })

  test('asks every socket to reconnect at a different time, and closes those that stay with 4000', async () => {
    const service = await start()
    const site = await registerSite(service)
    const clients = await Promise.all(
      Array.from({ length: 120 }, async () => {
        const client = await connect(service.api, { origin: 'https://blog.example' })
        await client.ask({ type: 'hello', site, version: 1 })
        return client
      }),
    )
    await stopped(service)
    expect(await Promise.all(clients.map((client) => client.closed))).toEqual(clients.map(() => 4000))
    const hints = clients.map((client) => client.frames.find((frame) => frame.type === 'reconnect')?.afterMs ?? -1)
    expect(Math.min(...hints)).toBeGreaterThanOrEqual(0)
    expect(new Set(hints).size).toBeGreaterThan(60)
  })

  test('answers a waiting long-poll, and ends idle connections with their next answer', async () => {
    const service = await start()
    const site = await registerSite(service)
    const { thread } = await openThread(service, site)
    const query = `since=${thread.head}&epoch=${thread.epoch}&wait=25`
    const polled = call('GET', `${service.api}/sites/${site}/threads/${thread.id}/changes?${query}`)
    await eventually(async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
      expect(metrics).toContain('repartee_long_polls 1')
    })
    const startedAt = performance.now()
    await stopped(service)
    const { status, body, headers } = await polled
    expect([status, body]).toEqual([200, expect.objectContaining({ from: 0, to: 0, changes: [] })])
    expect(headers.get('connection')).toBe('close')
    expect(performance.now() - startedAt).toBeLessThan(20_000)
  })

  test('answers posts in progress over both transports, and stores each acknowledged comment once', async () => {
    const service = await start()
    const site = await registerSite(service)
    const { thread } = await openThread(service, site, '/drain')
    const writer = await guest(service, site)
    const socket = await connect(service.api, { origin: 'https://blog.example' })
    await socket.ask({ type: 'hello', site, version: 1, token: writer.token })
    const url = `${service.api}/sites/${site}/threads/${thread.id}/comments`
    const acked = new Map<string, string>()
    const unsure = new Map<string, string>()
    let refused = 0

    const overHttp = async (): Promise<boolean> => {
      const key = newId()
      unsure.set(key, `over http ${key}`)
      const answer = await call<{ comment: Comment }>('POST', url, {
        token: writer.token,
        body: { key, body: `over http ${key}` },
      }).catch(() => null)
      if (answer?.status === 201) acked.set(answer.body.comment.id, key)
      if (answer !== null) unsure.delete(key)
      if (answer === null || answer.status !== 201) refused += 1
      return answer?.status === 201
    }
    const posting = Array.from({ length: 8 }, async () => {
      while (await overHttp());
    })
    await vi.waitFor(() => expect(acked.size).toBeGreaterThan(50), { timeout: 10_000, interval: 5 })

    const asked = Array.from({ length: 30 }, async () => {
      const key = newId()
      const answer = await socket.ask({ type: 'comment.create', thread: thread.id, key, body: `over a socket ${key}` })
      if (answer.type === 'ok') acked.set((answer.result as { comment: Comment }).comment.id, key)
      return answer.type
    })
    await stopped(service)
    await Promise.all(posting)
    // Sent before the node began to stop, so each is answered before the socket is closed.
    expect(await Promise.all(asked)).toEqual(asked.map(() => 'ok'))
    expect(await socket.closed).toBe(4000)

    const other = await start()
    for (const [key, body] of unsure) {
      const again = await call<{ comment: Comment }>(
        'POST',
        `${other.api}/sites/${site}/threads/${thread.id}/comments`,
        { token: writer.token, body: { key, body } },
      )
      expect([200, 201]).toContain(again.status)
      acked.set(again.body.comment.id, key)
    }
    const stored: Comment[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const suffix: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { body } = await call<Snapshot>(
        'GET',
        `${other.api}/sites/${site}/thread?page=/drain&sort=oldest&limit=100${suffix}`,
      )
      stored.push(...body.comments)
      cursor = body.next
    }
    expect(stored.map((comment) => comment.id).toSorted()).toEqual([...acked.keys()].toSorted())
    console.info(
      `drain: ${acked.size} acknowledged, ${unsure.size} without an answer, ${refused} not posted; 0 lost, 0 doubled`,
    )
  })
})
