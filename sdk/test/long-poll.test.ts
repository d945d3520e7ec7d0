import { expect, onTestFinished, test, vi } from 'vitest'
import { createClient } from '../src/index.ts'
import { eventually, mapStorage, openClient, openServer, watch } from './client-harness.ts'
import { SITE } from './scripted-server.ts'

test('the client polls when WebSocket fails twice in a row', async () => {
  const server = await openServer()
  server.webSocket = 'refuse'
  const client = openClient(server)
  server.thread.add('one')
  const view = watch(client)
  await expect.poll(() => client.connectionState).toBe('polling')
  expect(server.upgrades).toBe(2)
  await expect.poll(() => view.position).toBe(1)
  await expect.poll(() => server.requests.at(-1)?.query.get('since')).toBe('1')
  expect(server.requests.at(-1)?.query.get('wait')).toBe('25')
  expect(view.changes).toEqual(server.thread.log)
})

test('without a WebSocket, or where the page forbids it, polling starts at once', async () => {
  const server = await openServer()
  server.thread.add('one')
  vi.stubGlobal('WebSocket', undefined)
  const none = createClient({ baseUrl: server.baseUrl, site: SITE, storage: mapStorage() })
  vi.unstubAllGlobals()
  const forbidden = openClient(server, {
    webSocket: () => {
      throw new DOMException('refused by the content security policy', 'SecurityError')
    },
  })
  for (const client of [none, forbidden]) {
    const view = watch(client)
    expect(client.connectionState).toBe('polling')
    await expect.poll(() => view.position).toBe(1)
  }
  none.close()
})

test('the subscription with which polling starts is polled for once', async () => {
  const server = await openServer()
  server.thread.add('one')
  vi.stubGlobal('WebSocket', undefined)
  const client = createClient({ baseUrl: server.baseUrl, site: SITE, storage: mapStorage() })
  vi.unstubAllGlobals()
  onTestFinished(() => client.close())
  watch(client)
  await eventually(() => expect(server.requests.at(-1)?.query.get('since')).toBe('1'))
  expect(server.requests).toHaveLength(2)
})

test('polling pages through a long backlog and ends with its subscription', async () => {
  const server = await openServer()
  server.webSocket = 'refuse'
  for (let n = 0; n < 1_100; n += 1) server.thread.add(`${n}`)
  const client = openClient(server)
  const view = watch(client)
  await expect.poll(() => view.position).toBe(1_100)
  expect(view.changes).toEqual(server.thread.log)
  await expect.poll(() => server.requests.at(-1)?.query.get('since')).toBe('1100')
  const before = server.requests.length
  view.close()
  await expect.poll(() => client.connectionState).toBe('idle')
  expect(server.requests).toHaveLength(before)
})

test('a changed epoch loses the position while polling too', async () => {
  const server = await openServer()
  server.webSocket = 'refuse'
  const client = openClient(server)
  const view = watch(client, 0, '019a8e5e-0000-7000-8000-0000000000ff')
  await expect.poll(() => view.reloads).toBe(1)
})

test('changes of another epoch are never applied, whatever else the service says', async () => {
  const server = await openServer()
  server.webSocket = 'refuse'
  server.thread.add('of another history')
  server.http = ({ path }) =>
    path.endsWith('/changes')
      ? { status: 200, body: { ...server.thread.changes(0), epoch: '019a8e5e-0000-7000-8000-0000000000ff' } }
      : undefined
  const view = watch(openClient(server))
  await expect.poll(() => view.reloads).toBe(1)
  expect(view.deltas).toEqual([])
})

test('after an outage of the service WebSocket comes back soon, and not after a minute', async () => {
  const server = await openServer()
  const client = openClient(server)
  const view = watch(client)
  await expect.poll(() => client.connectionState).toBe('live')
  server.webSocket = 'refuse'
  server.http = () => 'drop'
  for (const socket of server.sockets) socket.cut()
  await expect.poll(() => server.requests.length).toBeGreaterThan(1)
  server.thread.add('while away')
  server.webSocket = 'accept'
  await expect.poll(() => client.connectionState).toBe('live')
  await expect.poll(() => view.changes).toEqual(server.thread.log)
})

test('while polling, WebSocket is tried again every minute and replaces polling when it works', async () => {
  const server = await openServer()
  server.webSocket = 'refuse'
  let release = (): void => {}
  server.http = ({ query }) =>
    new Promise((resolve) => {
      release = () => resolve({ status: 200, body: server.thread.changes(Number(query.get('since'))) })
    })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const client = openClient(server, { random: () => 0 })
    const view = watch(client)
    await eventually(() => expect(client.connectionState).toBe('polling'))
    await eventually(() => expect(server.requests).toHaveLength(1))
    expect(server.upgrades).toBe(2)
    const answerPoll = async (advanceMs: number): Promise<void> => {
      await vi.advanceTimersByTimeAsync(advanceMs)
      server.thread.add('answers the poll')
      release()
      await eventually(() => expect(view.position).toBe(server.thread.head))
    }
    // Waiting for an answer also advances the fake time a little.
    for (const stepMs of [20_000, 20_000, 10_000]) await answerPoll(stepMs)
    expect(server.upgrades).toBe(2)
    await answerPoll(11_000)
    await eventually(() => expect(server.upgrades).toBe(3))
    expect(client.connectionState).toBe('polling')
    server.webSocket = 'accept'
    for (const stepMs of [20_000, 20_000, 21_000]) await answerPoll(stepMs)
    await eventually(() => expect(client.connectionState).toBe('live'))
    server.publish('live again')
    await eventually(() => expect(view.changes).toEqual(server.thread.log))
  } finally {
    vi.useRealTimers()
  }
})
