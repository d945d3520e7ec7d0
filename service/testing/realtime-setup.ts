import { newId, type ServerMessage, siteSettingsSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import { createReaderTokens } from '../src/adapters/jose-reader-tokens.ts'
import { createMemoryBus } from '../src/adapters/memory/memory-bus.ts'
import { createMemoryPresence } from '../src/adapters/memory/memory-presence.ts'
import { createMemoryRateLimiter } from '../src/adapters/memory/memory-rate-limiter.ts'
import { createSiteCache } from '../src/core/access/site-cache.ts'
import type { Deps } from '../src/core/deps.ts'
import type { Bus } from '../src/core/ports/bus.ts'
import type { Clock } from '../src/core/ports/clock.ts'
import type { NewComment } from '../src/core/ports/comment-store.ts'
import type { Logger } from '../src/core/ports/logger.ts'
import type { Metrics } from '../src/core/ports/metrics.ts'
import type { PresenceStore } from '../src/core/ports/presence-store.ts'
import type { ReaderTokens } from '../src/core/ports/reader-tokens.ts'
import type { Store } from '../src/core/ports/store.ts'
import { createSingleFlight } from '../src/core/single-flight.ts'
import type { Site } from '../src/core/site.ts'
import { createPageCache } from '../src/core/threads/page-cache.ts'
import { createStaleSnapshots } from '../src/core/threads/stale-snapshots.ts'
import { createThreadWriter } from '../src/core/threads/thread-writer.ts'
import { noTracer } from '../src/core/tracer.ts'
import { createAdmission } from '../src/realtime/admission.ts'
import { createSessions } from '../src/realtime/create-sessions.ts'
import { createHub } from '../src/realtime/hub.ts'
import type { Socket } from '../src/realtime/socket.ts'
import { noBeacons, noOutbound } from './no-outbound.ts'
import { withoutAccounts } from './without-accounts.ts'

export const demoSite = (): Site => ({
  id: newId(),
  publicKey: 'demo',
  name: 'Demo',
  origins: ['https://blog.example'],
  settings: v.parse(siteSettingsSchema, { commentsPerMinute: 100_000 }),
  version: 1,
  partVersions: {},
  organisationId: null,
  createdAt: 0,
  deletesAt: null,
})

/** A logger that keeps the messages of `warn` and `error` in `lines`. */
export const quietLog = (): Logger & { readonly lines: string[] } => {
  const lines: string[] = []
  const note = (message: string): void => void lines.push(message)
  const log = { lines, debug: () => undefined, info: () => undefined, warn: note, error: note, child: () => log }
  return log
}

/** Metrics that keep counter values, by name and labels. */
export const countingMetrics = (): Metrics & { readonly counts: Map<string, number> } => {
  const counts = new Map<string, number>()
  return {
    counts,
    count(name, labels = {}) {
      const key = [name, ...Object.values(labels)].join(' ')
      counts.set(key, (counts.get(key) ?? 0) + 1)
    },
    observe: () => undefined,
    gauge: () => undefined,
  }
}

/** Kept from before a test installs fake timers. */
const realTurn = setImmediate
const verifying = new Set<Promise<unknown>>()

/** Real tokens. Verifying them takes real time, so tests with fake timers wait for it with `verified`. */
const tokensOf = (now: Clock): ReaderTokens => {
  const tokens = createReaderTokens({ secret, now })
  return {
    ...tokens,
    verify(siteKey, token) {
      const check = tokens.verify(siteKey, token)
      verifying.add(check)
      const done = (): void => void verifying.delete(check)
      check.then(done, done)
      return check
    },
  }
}

/** Resolves when no verification of a token is running. */
export const verified = async (): Promise<void> => {
  do await new Promise((resolve) => realTurn(resolve))
  while (verifying.size > 0)
}

export const secret = new Uint8Array(32).fill(1)

/** One node without a network: the hub, the use-cases and fake sockets, all in this process. */
export const createTestNode = (o: { store: Store; bus?: Bus; presence?: PresenceStore; now?: Clock }) => {
  const now = o.now ?? Date.now
  const id = newId()
  const log = quietLog()
  const metrics = countingMetrics()
  const bus = o.bus ?? createMemoryBus()
  const presence = o.presence ?? createMemoryPresence({ now })
  const topics = new Map<string, Set<(frame: string) => void>>()
  const sockets = {
    publish(topic: string, frame: string) {
      for (const send of [...(topics.get(topic) ?? [])]) send(frame)
    },
  }
  const admission = createAdmission({ perSecond: 100_000, now, metrics })
  const hub = createHub({ node: id, sockets, bus, store: o.store, presence, metrics, log, now })
  const deps: Deps = {
    ...withoutAccounts,
    store: o.store,
    publisher: hub,
    presence,
    metrics,
    tracer: noTracer,
    now,
    writer: createThreadWriter({ store: o.store, publisher: hub, metrics, now }),
    pages: createPageCache({ maxBytes: 1_000_000, metrics }),
    staleSnapshots: createStaleSnapshots({ maxBytes: 1_000_000 }),
    siteCache: createSiteCache({ now }),
    singleFlight: createSingleFlight(),
    limiter: createMemoryRateLimiter({ now }),
    tokens: tokensOf(now),
    beacons: noBeacons,
    outbound: noOutbound,
  }
  const createSession = createSessions({ core: deps, hub, admission, node: id, log })

  return {
    id,
    hub,
    deps,
    createSession,
    bus,
    log,
    metrics,
    topics,
    admission,
    /** Open a connection; `deliver` gets each frame that is sent to it. */
    connect(deliver: (frame: string) => void, from: Partial<Pick<Socket, 'origin' | 'host' | 'network'>> = {}) {
      const joined = new Set<string>()
      let open = true
      let closeCode: number | null = null
      const send = (frame: string): void => {
        if (!open) throw new Error(`sent after the connection closed: ${frame}`)
        deliver(frame)
      }
      const end = (): void => {
        if (!open) return
        open = false
        for (const topic of joined) topics.get(topic)?.delete(send)
        session.closed()
      }
      const socket: Socket = {
        network: '192.0.2.0/24',
        origin: 'https://blog.example',
        host: 'comments.example',
        ...from,
        send,
        join(topic) {
          joined.add(topic)
          const members = topics.get(topic) ?? new Set()
          topics.set(topic, members.add(send))
        },
        leave(topic) {
          joined.delete(topic)
          topics.get(topic)?.delete(send)
        },
        close(code) {
          closeCode = code
          end()
        },
      }
      const session = createSession(socket)
      return {
        send: (message: unknown) => session.receive(typeof message === 'string' ? message : JSON.stringify(message)),
        /** Close the connection, as when the network fails. */
        cut: end,
        joined,
        get closeCode() {
          return closeCode
        },
      }
    },
  }
}
export type TestNode = ReturnType<typeof createTestNode>

/** Open a connection that keeps every message it gets. */
export const listen = (node: TestNode, from: Parameters<TestNode['connect']>[1] = {}) => {
  const messages: ServerMessage[] = []
  const connection = node.connect((frame) => void messages.push(JSON.parse(frame)), from)
  return {
    ...connection,
    messages,
    get closeCode() {
      return connection.closeCode
    },
    of: <T extends ServerMessage['type']>(type: T) =>
      messages.filter((message): message is Extract<ServerMessage, { type: T }> => message.type === type),
    hello: (fields: Record<string, unknown> = {}) =>
      connection.send({ type: 'hello', ref: 1, site: 'demo', version: 1, ...fields }),
  }
}

let made = 0

/** A new comment as the core passes it to the store. */
export const newComment = (fields: Partial<NewComment> = {}): NewComment => {
  const id = newId()
  made += 1
  return {
    id,
    parentId: null,
    rootId: id,
    depth: 0,
    authorId: newId(),
    authorName: 'Ann',
    authorRole: 'guest',
    key: newId(),
    keyDigest: 'd',
    status: 'approved',
    body: `text ${made}`,
    html: `<p>text ${made}</p>`,
    bodyDigest: `b${made}`,
    createdAt: 1_700_000_000_000 + made,
    ...fields,
  }
}
