import { expect, onTestFinished, test, vi } from 'vitest'
import { newId } from '../src/index.ts'
import { openClient, openServer, watch } from './client-harness.ts'
import type { ServerSocket } from './scripted-server.ts'
import { refuse } from './scripted-server.ts'
import { READER, THREAD } from './thread-model.ts'

type Server = Awaited<ReturnType<typeof openServer>>
const only = (server: Server): ServerSocket => {
  const [socket, ...others] = server.sockets
  if (!socket || others.length > 0) throw new Error(`expected one socket, there are ${server.sockets.size}`)
  return socket
}
const subscribes = (server: Server) => server.frames.filter(({ type }) => type === 'subscribe')
const asked = (server: Server) => server.requests.filter(({ path }) => path.endsWith('/changes'))
const live = (client: { readonly connectionState: string }) => expect.poll(() => client.connectionState).toBe('live')

/** From here on the client's waits end only when the test advances the time. */
const stopTime = (): void => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
}

test('a subscription receives the backlog after its position, then live changes', async () => {
  const server = await openServer()
  for (const body of ['one', 'two', 'three']) server.thread.add(body)
  const client = openClient(server)
  expect(client.connectionState).toBe('idle')
  const view = watch(client, 1)
  await expect.poll(() => view.position).toBe(3)
  server.publish('four')
  await expect.poll(() => view.changes).toEqual(server.thread.log.slice(1))
  expect(view.presence).toEqual([1])
  expect(asked(server)).toHaveLength(0)
})

test('all subscriptions share one socket, which ends with the last of them', async () => {
  const server = await openServer()
  const client = openClient(server)
  const views = [watch(client), watch(client), watch(client)]
  await live(client)
  server.publish('hello')
  for (const view of views) await expect.poll(() => view.position).toBe(1)
  expect(server.sockets.size).toBe(1)
  views[0]?.close()
  views[0]?.close()
  server.publish('again')
  await expect.poll(() => views[1]?.position).toBe(2)
  expect(views[0]?.position).toBe(1)
  views[1]?.close()
  views[2]?.close()
  await expect.poll(() => client.connectionState).toBe('idle')
  await expect.poll(() => server.sockets.size).toBe(0)
  expect(server.frames.filter(({ type }) => type === 'unsubscribe')).toHaveLength(1)
})

test('after a disconnect the subscription resumes where it was, and misses nothing', async () => {
  const server = await openServer()
  const client = openClient(server)
  const states: string[] = []
  client.onConnectionChange((state) => states.push(state))
  const view = watch(client)
  await live(client)
  server.publish('before')
  await expect.poll(() => view.position).toBe(1)
  only(server).cut()
  server.thread.add('while away')
  await expect.poll(() => view.changes).toEqual(server.thread.log)
  expect(subscribes(server).map((frame) => ('since' in frame ? frame.since : undefined))).toEqual([0, 1])
  expect(states).toEqual(['connecting', 'live', 'waiting', 'connecting', 'live'])
})

test('a lost delta is fetched page by page, and applied before the later ones', async () => {
  const server = await openServer()
  const client = openClient(server)
  const view = watch(client)
  await live(client)
  await expect.poll(() => view.presence.length).toBe(1)
  for (let n = 0; n < 1_200; n += 1) server.thread.add(`lost ${n}`)
  server.publish('arrives')
  await expect.poll(() => view.position).toBe(1_201)
  expect(view.changes).toEqual(server.thread.log)
  expect(asked(server).map(({ query }) => query.get('since'))).toEqual(['0', '500', '1000'])
})

test('deltas that arrive out of order are sorted without a request', async () => {
  const server = await openServer()
  const client = openClient(server)
  const view = watch(client)
  await live(client)
  await expect.poll(() => view.presence.length).toBe(1)
  stopTime()
  for (const body of ['a', 'b', 'c']) server.thread.add(body)
  const socket = only(server)
  for (const n of [2, 1, 0]) socket.send({ type: 'delta', ...server.thread.delta(n, n + 1) })
  await expect.poll(() => view.changes).toEqual(server.thread.log)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(asked(server)).toHaveLength(0)
})

test('a gap is filled even when the first requests fail', async () => {
  const server = await openServer()
  const client = openClient(server)
  const view = watch(client)
  await live(client)
  await expect.poll(() => view.presence.length).toBe(1)
  let failures = 0
  server.http = ({ path }) => (path.endsWith('/changes') && failures++ < 3 ? refuse(503, 'unavailable') : undefined)
  server.thread.add('lost')
  server.publish('arrives')
  await expect.poll(() => view.changes).toEqual(server.thread.log)
})

test('a changed epoch loses the position: reload is called once and nothing is delivered after it', async () => {
  const server = await openServer()
  const client = openClient(server)
  const view = watch(client)
  await live(client)
  server.thread.epoch = '019a8e5e-0000-7000-8000-0000000000ff'
  only(server).cut()
  await expect.poll(() => view.reloads).toBe(1)
  await live(client)
  server.publish('for those of the new epoch')
  const fresh = watch(client, server.thread.head, server.thread.epoch)
  server.publish('next')
  await expect.poll(() => fresh.position).toBe(2)
  expect(view.deltas).toEqual([])
  expect(view.reloads).toBe(1)
})

test('closing and subscribing again, as after a reload, keeps the socket', async () => {
  const server = await openServer()
  const client = openClient(server)
  const view = watch(client)
  await live(client)
  stopTime()
  view.close()
  const next = watch(client)
  server.publish('hello')
  await expect.poll(() => next.position).toBe(1)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(client.connectionState).toBe('live')
  expect(server.upgrades).toBe(1)
})

test('a subscribe refused for now is retried on the same socket, and one refused for good causes a reload', async () => {
  const server = await openServer()
  const client = openClient(server)
  let refusals = 0
  server.frame = (message, socket) => {
    if (message.type !== 'subscribe' || refusals++ > 0) return undefined
    socket.send({
      type: 'error',
      ref: message.ref,
      error: { code: 'rate_limited', message: 'slow down', retryAfterMs: 5 },
    })
    return true
  }
  const view = watch(client)
  await expect.poll(() => view.presence.length).toBe(1)
  expect(server.upgrades).toBe(1)
  server.frame = (message, socket) => {
    if (message.type !== 'subscribe') return undefined
    socket.send({ type: 'error', ref: message.ref, error: { code: 'thread_not_found', message: 'gone' } })
    return true
  }
  const gone = watch(client)
  await expect.poll(() => gone.reloads).toBe(1)
})

test('a dead socket is detected by its silence', async () => {
  const server = await openServer()
  stopTime()
  const client = openClient(server)
  const view = watch(client)
  await live(client)
  const pings = (): number => server.frames.filter(({ type }) => type === 'ping').length
  for (let n = 1; n <= 3; n += 1) {
    await vi.advanceTimersByTimeAsync(server.pingMs)
    await expect.poll(pings).toBe(n)
    // Sent after the answer to the ping.
    server.publish('still here')
    await expect.poll(() => view.position).toBe(n)
  }
  expect(server.upgrades).toBe(1)

  server.frame = (message) => message.type === 'ping'
  await vi.advanceTimersByTimeAsync(server.pingMs)
  await expect.poll(pings).toBe(4)
  expect(server.upgrades).toBe(1)
  await vi.advanceTimersByTimeAsync(server.pingMs)
  await vi.advanceTimersByTimeAsync(1_000)
  await expect.poll(() => server.upgrades).toBe(2)
  server.frame = () => undefined
  server.publish('here again')
  await expect.poll(() => view.position).toBe(4)
})

test('a draining node is left at the time it gave, without a pause', async () => {
  const server = await openServer()
  const client = openClient(server, { random: () => 1 })
  const states: string[] = []
  const view = watch(client)
  await live(client)
  client.onConnectionChange((state) => states.push(state))
  only(server).send({ type: 'reconnect', afterMs: 50 })
  await expect.poll(() => server.upgrades).toBe(2)
  await live(client)
  server.publish('on the next node')
  await expect.poll(() => view.position).toBe(1)
  expect(states).toEqual(['connecting', 'live'])
})

test('when a node closes before the time it gave, the client still comes back at that time', async () => {
  const server = await openServer()
  const client = openClient(server, { random: () => 0 })
  watch(client)
  await live(client)
  stopTime()
  only(server).send({ type: 'reconnect', afterMs: 60_000 })
  only(server).close(4000)
  await expect.poll(() => client.connectionState, { interval: 5 }).toBe('waiting')
  // Polling also advances the fake time a little.
  await vi.advanceTimersByTimeAsync(40_000)
  expect(client.connectionState).toBe('waiting')
  await vi.advanceTimersByTimeAsync(20_000)
  await expect.poll(() => server.upgrades).toBe(2)
})

test('a gap that can never be filled causes a reload', async () => {
  const server = await openServer()
  const client = openClient(server)
  const view = watch(client)
  await expect.poll(() => view.presence.length).toBe(1)
  server.http = ({ path }) => (path.endsWith('/changes') ? refuse(404, 'thread_not_found') : undefined)
  server.thread.add('lost')
  server.publish('arrives')
  await expect.poll(() => view.reloads).toBe(1)
})

test('a close code of the reconnecting range resumes, one of the final range does not', async () => {
  const server = await openServer()
  const client = openClient(server)
  watch(client)
  await live(client)
  only(server).close(4001)
  await expect.poll(() => server.upgrades).toBe(2)
  await live(client)
  only(server).close(4999)
  await expect.poll(() => client.connectionState).toBe('closed')
  watch(client)
  expect(client.connectionState).toBe('closed')
  expect(server.upgrades).toBe(2)
})

test('a refused hello is retried or ends the connection, as its code says', async () => {
  const server = await openServer()
  let hellos = 0
  server.frame = (message, socket) => {
    if (message.type !== 'hello') return undefined
    hellos += 1
    const code = hellos === 1 ? 'unavailable' : 'unsupported_version'
    socket.send({ type: 'error', ref: message.ref, error: { code, message: code } })
    return true
  }
  const client = openClient(server)
  watch(client)
  await expect.poll(() => client.connectionState).toBe('closed')
  expect(hellos).toBe(2)
})

test('commands go over the live socket as the reader, and their answer comes before their delta', async () => {
  const server = await openServer()
  const client = openClient(server)
  await client.signInAsGuest('Ada')
  const view = watch(client)
  await expect.poll(() => view.presence.length).toBe(1)
  const before = server.requests.length
  const result = await client.createComment({ thread: THREAD, key: newId(), body: 'hello' })
  expect(result.comment.html).toBe('<p>hello</p>')
  await expect.poll(() => view.position).toBe(1)
  expect(server.requests).toHaveLength(before)
})

test('signing in on a live connection sends another hello, and until it is answered commands go over HTTP', async () => {
  const server = await openServer()
  const client = openClient(server)
  watch(client)
  await live(client)
  let answer = (): void => {}
  server.frame = (message, socket) => {
    if (message.type !== 'hello') return undefined
    answer = () => {
      socket.token = message.token
      const pingMs = server.pingMs
      socket.send({ type: 'welcome', ref: message.ref, version: 1, node: 'test', reader: READER, pingMs })
    }
    return true
  }
  await client.signInAsGuest('Ada')
  const create = () => client.createComment({ thread: THREAD, key: newId(), body: 'hello' })
  await create()
  expect(server.requests.at(-1)?.path).toMatch(/comments$/)
  await expect.poll(() => server.frames.filter(({ type }) => type === 'hello')).toHaveLength(2)
  answer()
  server.frame = () => undefined
  const posts = () => server.requests.filter(({ path }) => path.endsWith('/comments')).length
  await expect
    .poll(async () => {
      const before = posts()
      await create()
      return posts() - before
    })
    .toBe(0)
  expect(only(server).token).toBe(server.token)
  await client.signOut()
  await expect.poll(() => only(server).token).toBeUndefined()
  expect(server.upgrades).toBe(1)
})

test('an expired token is renewed before the connection is live', async () => {
  const server = await openServer()
  const client = openClient(server)
  await client.signInAsGuest('Ada')
  server.token = 'the old one has expired'
  const view = watch(client)
  await live(client)
  expect(only(server).token).toBe(server.token)
  await expect.poll(() => view.presence.length).toBe(1)
  expect(server.upgrades).toBe(1)
})

test('a command whose socket dies before the answer is sent again with the same key', async () => {
  const server = await openServer()
  const client = openClient(server)
  await client.signInAsGuest('Ada')
  const view = watch(client)
  await expect.poll(() => view.presence.length).toBe(1)
  server.frame = (message, socket) => {
    if (message.type !== 'comment.create') return undefined
    server.frame = () => undefined
    server.thread.add('what another node stored')
    socket.cut()
    return true
  }
  const key = newId()
  await client.createComment({ thread: THREAD, key, body: 'hello' })
  const sent = [...server.frames, ...server.requests.map(({ body }) => body)].filter(
    (message) => typeof message === 'object' && message !== null && 'key' in message && message.key === key,
  )
  expect(sent).toHaveLength(2)
})

test('a refusal with a code of a later version is still a refusal', async () => {
  const server = await openServer()
  const client = openClient(server)
  const view = watch(client)
  await expect.poll(() => view.presence.length).toBe(1)
  server.frame = (message, socket) => {
    if (message.type !== 'comment.delete') return undefined
    socket.send({ type: 'error', ref: message.ref, error: { code: 'of_tomorrow', message: 'no' } } as never)
    return true
  }
  await expect(client.deleteComment({ thread: THREAD, comment: newId() })).rejects.toMatchObject({
    name: 'ReparteeError',
    code: 'internal',
  })
})

test('typing is sent at most once in three seconds, and only while live', async () => {
  const server = await openServer()
  let nowMs = 100_000
  const client = openClient(server, { now: () => nowMs })
  client.sendTyping(THREAD)
  const view = watch(client)
  await expect.poll(() => view.presence.length).toBe(1)
  for (const stepMs of [0, 10, 2_900, 200]) {
    nowMs += stepMs
    client.sendTyping(THREAD)
  }
  await client.signInAsGuest('Ada')
  await expect.poll(() => only(server).token).toBe(server.token)
  expect(server.frames.filter(({ type }) => type === 'typing')).toHaveLength(2)
})

test('frames and fields of a newer service are ignored', async () => {
  const server = await openServer()
  const client = openClient(server)
  const view = watch(client)
  await expect.poll(() => view.presence.length).toBe(1)
  for (const message of [{ type: 'of tomorrow' }, 'text', null, { type: 'ok', ref: 99 }, { type: 'error', error: {} }])
    only(server).send(message as never)
  server.publish('hello')
  await expect.poll(() => view.position).toBe(1)
  expect(server.upgrades).toBe(1)
})
