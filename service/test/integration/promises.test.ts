import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Changes, type Comment, newId, type Snapshot } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { eventually } from '../../testing/eventually.ts'
import { guest, openThread, operate, post, registerSite } from '../../testing/people.ts'
import { type RunningService, startService } from '../../testing/start-service.ts'
import { call, connect, type WireClient } from '../../testing/wire-client.ts'

const ORIGIN = 'https://blog.example'
let service: RunningService
let site: string

beforeAll(async () => {
  // Its promises hold with the embedded database as with any other.
  service = await startService({ DATA_DIR: await mkdtemp(join(tmpdir(), 'repartee-promises-')) })
  site = await registerSite(service)
})
afterAll(() => service?.dispose())

const listen = async (token?: string): Promise<WireClient> => {
  const client = await connect(service.api, { origin: ORIGIN })
  await client.ask({ type: 'hello', site, version: 1, ...(token !== undefined && { token }) })
  return client
}

const allComments = async (page: string): Promise<Comment[]> => {
  const comments: Comment[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const url: string = `${service.api}/sites/${site}/thread?page=${encodeURIComponent(page)}&sort=oldest&limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`
    const { body } = await call<Snapshot>('GET', url)
    comments.push(...body.comments)
    cursor = body.next
  }
  return comments
}

test('one key sent 50 times at once over both transports creates one comment, and every answer is that comment', async () => {
  const { thread } = await openThread(service, site, '/fifty')
  const reader = await guest(service, site)
  const sockets = await Promise.all(Array.from({ length: 5 }, () => listen(reader.token)))
  const command = { key: newId(), body: 'said once' }
  const url = `${service.api}/sites/${site}/threads/${thread.id}/comments`
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const socket = index % 2 === 0 ? sockets[(index / 2) % sockets.length] : undefined
      if (socket === undefined)
        return (await call<{ comment: Comment; created: boolean }>('POST', url, { token: reader.token, body: command }))
          .body
      const answer = await socket.ask({ type: 'comment.create', thread: thread.id, ...command })
      return (answer as unknown as { result: { comment: Comment; created: boolean } }).result
    }),
  )
  for (const socket of sockets) socket.close()
  expect(new Set(answers.map((answer) => answer.comment.id)).size).toBe(1)
  expect(answers.filter((answer) => answer.created)).toHaveLength(1)
  expect(await allComments('/fifty')).toHaveLength(1)
  const { body } = await call<Snapshot>('GET', `${service.api}/sites/${site}/thread?page=/fifty`)
  expect(body.thread).toMatchObject({ head: 1, commentCount: 1 })
})

test('one reader’s changes reach another’s socket as gap-free deltas that end at the stored state', async () => {
  const { thread } = await openThread(service, site, '/live')
  const writer = await guest(service, site, 'Writer')
  const watcher = await listen()
  await watcher.ask({ type: 'subscribe', thread: thread.id, since: thread.head, epoch: thread.epoch })
  const base = `${service.api}/sites/${site}/threads/${thread.id}/comments`
  const { comment } = await post(service, { site, thread: thread.id, token: writer.token, body: 'first' })
  await post(service, { site, thread: thread.id, token: writer.token, body: 'reply', parentId: comment.id })
  await call('PATCH', `${base}/${comment.id}`, { token: writer.token, body: { body: 'first, mended' } })
  await call('PUT', `${base}/${comment.id}/reactions/love`, { token: writer.token })
  await call('DELETE', `${base}/${comment.id}`, { token: writer.token })
  await operate(service, 'thread.setClosed', { site, page: '/live', closed: true })
  await eventually(() =>
    expect(Math.max(0, ...watcher.frames.map((frame) => (frame.type === 'delta' ? frame.to : 0)))).toBe(6),
  )
  const deltas = watcher.frames.filter((frame) => frame.type === 'delta')
  expect(deltas.map((delta) => delta.from)).toEqual([0, ...deltas.slice(0, -1).map((delta) => delta.to)])
  expect(deltas.flatMap((delta) => delta.changes).at(-1)).toMatchObject({ type: 'thread', closed: true })
  const tombstone = deltas.flatMap((delta) => delta.changes).findLast((change) => change.type === 'comment')
  const stored = (await allComments('/live'))[0]
  expect(tombstone).toMatchObject({ comment: { id: comment.id, html: '', deletedAt: stored?.deletedAt } })
  expect(JSON.stringify(watcher.frames.slice(-1))).not.toContain('mended')
  watcher.close()
})

test('a socket that reconnects gets exactly what it missed, and one with another epoch is told to reload', async () => {
  const { thread } = await openThread(service, site, '/resume')
  const writer = await guest(service, site)
  for (let i = 0; i < 5; i += 1)
    await post(service, { site, thread: thread.id, token: writer.token, body: `comment ${i}` })
  const back = await listen()
  await back.ask({ type: 'subscribe', thread: thread.id, since: 2, epoch: thread.epoch })
  await eventually(() => expect(back.frames.some((frame) => frame.type === 'delta')).toBe(true))
  const delta = back.frames.find((frame) => frame.type === 'delta')
  expect(delta).toMatchObject({ from: 2, to: 5, commentCount: 5 })
  const lost = await listen()
  await lost.ask({ type: 'subscribe', thread: thread.id, since: 2, epoch: newId() })
  await eventually(() => expect(lost.frames.at(-1)).toEqual({ type: 'reload', thread: thread.id }))
  back.close()
  lost.close()
})

test('the acknowledgement reaches the sender before the delta with the comment', async () => {
  const { thread } = await openThread(service, site, '/ack-first')
  const writer = await guest(service, site)
  const socket = await listen(writer.token)
  await socket.ask({ type: 'subscribe', thread: thread.id, since: 0, epoch: thread.epoch })
  for (let i = 0; i < 10; i += 1)
    await socket.ask({ type: 'comment.create', thread: thread.id, key: newId(), body: `n ${i}` })
  await eventually(() =>
    expect(socket.frames.filter((frame) => frame.type === 'delta').at(-1)).toMatchObject({ to: 10 }),
  )
  const seen = new Set<string>()
  for (const frame of socket.frames) {
    if (frame.type === 'ok' && 'comment' in frame.result) seen.add((frame.result.comment as Comment).id)
    if (frame.type === 'delta')
      for (const change of frame.changes) if (change.type === 'comment') expect(seen).toContain(change.comment.id)
  }
  socket.close()
})

test('a long-poll is answered as soon as something changes, or empty at its end', async () => {
  const { thread } = await openThread(service, site, '/poll')
  const writer = await guest(service, site)
  const url = `${service.api}/sites/${site}/threads/${thread.id}/changes?since=0&epoch=${thread.epoch}`
  const waiting = call<Changes>('GET', `${url}&wait=20`)
  await post(service, { site, thread: thread.id, token: writer.token })
  expect((await waiting).body).toMatchObject({ from: 0, to: 1, head: 1, changes: [{ type: 'comment' }] })
  expect((await call<Changes>('GET', url.replace('since=0', 'since=1'))).body).toMatchObject({
    from: 1,
    to: 1,
    changes: [],
  })
  expect((await call<Changes>('GET', url.replace('since=0', 'since=9'))).body).toEqual({ reload: true })
})

test('presence counts each reader once, and typing names the writer to the others', async () => {
  const { thread } = await openThread(service, site, '/presence')
  const writer = await guest(service, site, 'Mai')
  const [one, two, watcher] = [await listen(writer.token), await listen(writer.token), await listen()]
  for (const socket of [one, two, watcher]) await socket.ask({ type: 'subscribe', thread: thread.id })
  one.send({ type: 'typing', thread: thread.id })
  await vi.waitFor(
    () =>
      expect(watcher.frames.findLast((frame) => frame.type === 'presence')).toMatchObject({
        count: 2,
        typing: ['Mai'],
      }),
    { timeout: 5_000 },
  )
  one.close()
  two.close()
  await vi.waitFor(
    () => expect(watcher.frames.findLast((frame) => frame.type === 'presence')).toMatchObject({ count: 1 }),
    { timeout: 5_000 },
  )
  watcher.close()
})

test('health, readiness, metrics and the OpenAPI document are served at their URLs', async () => {
  expect((await call('GET', `${service.url}/healthz`)).body).toEqual({ status: 'ok' })
  expect((await call('GET', `${service.url}/readyz`)).body).toMatchObject({
    status: 'ok',
    checks: { database: 'pglite' },
  })
  expect((await fetch(`${service.url}/metrics`)).status).toBe(404)
  const metrics = await (await fetch(`http://127.0.0.1:${service.metricsPort}/metrics`)).text()
  expect(metrics).toMatch(/repartee_commands_total\{type="comment.create",outcome="ok"\} \d+/)
  const { body } = await call<{ openapi: string; paths: Record<string, unknown> }>('GET', `${service.api}/openapi.json`)
  expect(body.openapi).toBe('3.1.0')
  expect(Object.keys(body.paths)).toContain('/api/v1/sites/{site}/threads/{thread}/comments')
})

test('a snapshot that the client has is a 304 until there is a new comment', async () => {
  const { thread } = await openThread(service, site, '/etag')
  const url = `${service.api}/sites/${site}/thread?page=/etag`
  const etag = (await call('GET', url)).headers.get('etag') ?? ''
  expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304)
  const writer = await guest(service, site)
  await post(service, { site, thread: thread.id, token: writer.token })
  expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(200)
})
