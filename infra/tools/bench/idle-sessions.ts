import { newId } from '@repartee/sdk/protocol'
import { createMemoryStore } from '@repartee/service/testing/memory-store'
import { createTestNode, demoSite } from '@repartee/service/testing/realtime-setup'
import { acceptSockets } from '@repartee/service/transport/accept-sockets'
import type { SocketData } from '@repartee/service/transport/live-socket'

/**
 * Prints how many bytes of heap one idle reader costs a node: a WebSocket that was welcomed and is subscribed to one
 * thread, with in-memory adapters and without the native part of the socket. `session-heap.ts` runs it.
 */
const SESSIONS = 10_000
/** Opened together, so that every answer arrives within its deadline. */
const BATCH = 500

type App = Parameters<typeof acceptSockets>[0]
type Behavior = Parameters<App['ws']>[1]
type Connection = Parameters<NonNullable<Behavior['message']>>[0]

/** Messages sent to all sockets, by type. */
const sent = { welcome: 0, ok: 0 }

/** A connection without a network. One class, so that its own cost is small and the same in every checkout. */
class FakeWebSocket {
  readonly data: SocketData = {
    network: '192.0.2.1',
    origin: 'https://blog.example',
    host: 'comments.example',
    live: null,
  }
  getUserData(): SocketData {
    return this.data
  }
  send(frame: string): void {
    if (frame.startsWith('{"type":"welcome"')) sent.welcome += 1
    if (frame.startsWith('{"type":"ok"')) sent.ok += 1
  }
  subscribe(): void {}
  unsubscribe(): void {}
  getBufferedAmount(): number {
    return 0
  }
  end(): void {
    throw new Error('the session closed the connection')
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Bytes of live objects on the heap. */
const heapUsed = async (): Promise<number> => {
  const collect = globalThis.gc
  if (collect === undefined) throw new Error('run node with --expose-gc')
  for (let i = 0; i < 5; i += 1) {
    collect()
    await turn()
  }
  return process.memoryUsage().heapUsed
}

const startNode = () => {
  const site = demoSite()
  const memory = createMemoryStore({ site })
  const thread = newId()
  memory.open(thread)
  const { createSession, metrics } = createTestNode({ store: memory.store })
  let behavior: Behavior = {}
  const app = {
    ws(_path: string, given: Behavior) {
      behavior = given
    },
  }
  acceptSockets(app as unknown as App, {
    path: '/',
    createSession,
    networkOf: (peer) => peer,
    refusing: () => null,
    metrics,
  })
  const receive = (ws: FakeWebSocket, message: unknown): void =>
    void behavior.message?.(
      ws as unknown as Connection,
      new TextEncoder().encode(JSON.stringify(message)).buffer,
      false,
    )
  const until = async (type: keyof typeof sent, count: number): Promise<void> => {
    while (sent[type] < count) await turn()
  }
  /** Open connections and leave them idle. */
  const open = async (connections: readonly FakeWebSocket[]): Promise<void> => {
    for (let at = 0; at < connections.length; at += BATCH) {
      const batch = connections.slice(at, at + BATCH)
      const before = { ...sent }
      for (const ws of batch) {
        behavior.open?.(ws as unknown as Connection)
        receive(ws, { type: 'hello', ref: 1, site: site.publicKey, version: 1 })
      }
      await until('welcome', before.welcome + batch.length)
      for (const ws of batch) receive(ws, { type: 'subscribe', ref: 2, thread })
      await until('ok', before.ok + batch.length)
    }
  }
  return { open }
}

const measure = async (): Promise<number> => {
  const { open } = startNode()
  // Warm up first, so that compiled code and caches are not counted as the cost of sessions.
  await open(Array.from({ length: BATCH }, () => new FakeWebSocket()))
  const connections = Array.from({ length: SESSIONS }, () => new FakeWebSocket())
  const before = await heapUsed()
  await open(connections)
  const bytes = ((await heapUsed()) - before) / SESSIONS
  if (connections.some((ws) => ws.data.live === null)) throw new Error('a connection was not opened')
  return bytes
}

console.log(await measure())
process.exit()
