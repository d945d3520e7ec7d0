import { expect, onTestFinished, test, vi } from 'vitest'
import { newId } from '../src/index.ts'
import { mapStorage, openClient, openServer, type Watch, watch } from './client-harness.ts'
import { refuse } from './scripted-server.ts'
import { THREAD } from './thread-model.ts'

/** Makes the first wait half a minute long, so that a busy machine cannot miss it. */
const LONG = 60

/** The window and document of a browser, as far as the client uses them. They record their listeners. */
const stubBrowser = () => {
  const page = new EventTarget()
  const doc = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const listening = new Set<string>()
  const key = (type: string, listener: unknown) =>
    `${type} ${ids.get(listener) ?? ids.set(listener, ids.size).get(listener)}`
  const ids = new Map<unknown, number>()
  for (const target of [page, doc]) {
    const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype
    target.addEventListener = (...args: Parameters<typeof add>) => {
      listening.add(key(args[0], args[1]))
      add.apply(target, args)
    }
    target.removeEventListener = (...args: Parameters<typeof remove>) => {
      listening.delete(key(args[0], args[1]))
      remove.apply(target, args)
    }
  }
  onTestFinished(() => void vi.unstubAllGlobals())
  vi.stubGlobal('document', doc)
  vi.stubGlobal('addEventListener', page.addEventListener)
  vi.stubGlobal('removeEventListener', page.removeEventListener)
  return { page, doc, listening }
}
/** The client's own timers that have neither fired nor been cleared. Those of libraries do not count. */
const countTimers = (): Set<unknown> => {
  const running = new Set<unknown>()
  const { setTimeout: set, clearTimeout: clear } = globalThis
  vi.stubGlobal('setTimeout', (act: (...args: unknown[]) => void, waitMs: number, ...args: unknown[]) => {
    const caller = new Error().stack?.split('\n')[2] ?? ''
    const timer = set(() => {
      running.delete(timer)
      act(...args)
    }, waitMs)
    if (caller.includes('/sdk/src/')) running.add(timer)
    return timer
  })
  vi.stubGlobal('clearTimeout', (timer: NodeJS.Timeout | undefined) => {
    running.delete(timer)
    clear(timer)
  })
  return running
}

test('a closed client leaves no timer, listener or socket, whatever it was doing', async () => {
  const server = await openServer()
  const { listening } = stubBrowser()
  const situations: Record<string, (client: ReturnType<typeof openClient>) => Promise<void>> = {
    async connecting() {},
    async live(client) {
      await expect.poll(() => client.connectionState).toBe('live')
    },
    async 'with a gap'(client) {
      await expect.poll(() => client.connectionState).toBe('live')
      server.thread.add('lost')
      server.publish('arrives')
      for (const socket of server.sockets) socket.send({ type: 'presence', thread: THREAD, count: 99, typing: [] })
      await expect.poll(() => view?.presence.includes(99)).toBe(true)
    },
    async 'between tries'(client) {
      await expect.poll(() => client.connectionState).toBe('live')
      for (const socket of server.sockets) socket.close(4004)
      await expect.poll(() => client.connectionState).toBe('waiting')
    },
    async polling(client) {
      server.webSocket = 'refuse'
      for (const socket of server.sockets) socket.cut()
      await expect.poll(() => client.connectionState).toBe('polling')
    },
    async retrying(client) {
      server.http = () => refuse(503, 'unavailable', 5_000)
      client.renderPreview('x').catch(() => {})
      client.restoreSession().catch(() => {})
      await expect.poll(() => server.requests.length).toBeGreaterThan(0)
    },
  }
  const running = countTimers()
  let view: Watch | undefined
  for (const [name, arrange] of Object.entries(situations)) {
    server.webSocket = 'accept'
    server.http = () => undefined
    server.requests.length = 0
    const client = openClient(server, { random: () => (name === 'between tries' ? LONG : 0.02) })
    view = watch(client, server.thread.head)
    await arrange(client)
    expect(running.size, name).toBeGreaterThan(0)
    client.close()
    expect(client.connectionState, name).toBe('closed')
    expect([...listening], name).toEqual([])
    // Shorter than any wait of the client: a timer that is gone by then was cleared.
    await vi.waitFor(() => expect(running.size, name).toBe(0), { timeout: 100, interval: 10 })
    await expect.poll(() => server.sockets.size, { message: name }).toBe(0)
  }
})

test('calls on a closed client reject, and nothing is sent', async () => {
  const server = await openServer()
  const client = openClient(server)
  client.close()
  client.close()
  await expect(client.getSnapshot({ page: '/' })).rejects.toMatchObject({ name: 'ReparteeError', code: 'unavailable' })
  await expect(client.deleteComment({ thread: THREAD, comment: newId() })).rejects.toMatchObject({
    code: 'unavailable',
  })
  watch(client)
  expect(client.connectionState).toBe('closed')
  expect(server.requests).toHaveLength(0)
  expect(server.upgrades).toBe(0)
})

test('a create in flight is not cancelled when its client is closed', async () => {
  const server = await openServer()
  const storage = mapStorage()
  const client = openClient(server, { storage })
  await client.signInAsGuest('Ada')
  let answer = (): void => {}
  server.http = ({ path }) =>
    path.endsWith('/comments')
      ? new Promise((resolve) => {
          answer = () => resolve({ status: 201, body: { created: true, comment: { author: {} } } })
        })
      : undefined
  const sent = client.createComment({ thread: THREAD, key: newId(), body: 'x' })
  await expect.poll(() => server.requests.length).toBe(2)
  client.close()
  answer()
  await expect(sent).resolves.toMatchObject({ created: true })
})

test('a wait ends at once when the browser comes online or the page becomes visible', async () => {
  const server = await openServer()
  const { page, doc } = stubBrowser()
  const client = openClient(server, { random: () => LONG, now: () => 0 })
  watch(client)
  const hints = [() => page.dispatchEvent(new Event('online')), () => doc.dispatchEvent(new Event('visibilitychange'))]
  for (const [index, hint] of hints.entries()) {
    await expect.poll(() => client.connectionState).toBe('live')
    for (const socket of server.sockets) socket.cut()
    await expect.poll(() => client.connectionState).toBe('waiting')
    expect(server.upgrades).toBe(index + 1)
    hint()
    expect(client.connectionState).toBe('connecting')
  }
})

test('on a live connection the same events send a ping', async () => {
  const server = await openServer()
  const { page, doc } = stubBrowser()
  const client = openClient(server)
  watch(client)
  await expect.poll(() => client.connectionState).toBe('live')
  doc.visibilityState = 'hidden'
  doc.dispatchEvent(new Event('visibilitychange'))
  page.dispatchEvent(new Event('online'))
  await expect.poll(() => server.frames.filter(({ type }) => type === 'ping')).toHaveLength(1)
  expect(client.connectionState).toBe('live')
})
