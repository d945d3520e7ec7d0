import { PGlite } from '@electric-sql/pglite'
import { type CommandResult, type Delta, newId, type SiteSettings } from '@repartee/sdk/protocol'
import { createDeviceProofs } from '../../src/adapters/hmac-device-proofs.ts'
import { createReaderTokens } from '../../src/adapters/jose-reader-tokens.ts'
import { createMemoryPresence } from '../../src/adapters/memory/memory-presence.ts'
import { createMemoryRateLimiter } from '../../src/adapters/memory/memory-rate-limiter.ts'
import { createPasswordHasher } from '../../src/adapters/passwords/argon2-hasher.ts'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { createAccountSessionCache } from '../../src/core/access/account-session-cache.ts'
import { asOperator } from '../../src/core/access/operator.ts'
import { createSiteCache } from '../../src/core/access/site-cache.ts'
import type { Actor } from '../../src/core/actor.ts'
import { createComment } from '../../src/core/comments/create-comment.ts'
import type { Deps } from '../../src/core/deps.ts'
import { noMailer } from '../../src/core/mail/mail-delivery.ts'
import type { Logger } from '../../src/core/ports/logger.ts'
import type { Metrics } from '../../src/core/ports/metrics.ts'
import type { Outbound } from '../../src/core/ports/outbound.ts'
import { createGuest } from '../../src/core/readers/create-guest.ts'
import { createSingleFlight } from '../../src/core/single-flight.ts'
import type { Site } from '../../src/core/site.ts'
import { createSite } from '../../src/core/sites/create-site.ts'
import { createPageCache } from '../../src/core/threads/page-cache.ts'
import { readSnapshot } from '../../src/core/threads/read-snapshot.ts'
import { createStaleSnapshots } from '../../src/core/threads/stale-snapshots.ts'
import { createThreadWriter } from '../../src/core/threads/thread-writer.ts'
import { noTracer } from '../../src/core/tracer.ts'
import { noOutbound } from '../../testing/no-outbound.ts'
import { testSecrets } from '../../testing/test-secrets.ts'

const log: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }

/** The core with a real database in this process, and a clock that only a test advances. */
export const startCore = async (o: { outbound?: Outbound } = {}) => {
  const database = await PGlite.create()
  const statements: string[] = []
  const sql = {
    query: async <Row>(text: string, params: readonly unknown[]) => {
      statements.push(text)
      return (await database.query<Row>(text, [...params])).rows
    },
  }
  let nowAt = 1_760_000_000_000
  const now = () => nowAt
  await migrate(sql, { log, now })
  const published: { siteId: string; delta: Delta }[] = []
  const counted: { name: string; labels: Record<string, string> }[] = []
  const metrics: Metrics = { count: (name, labels = {}) => counted.push({ name, labels }), observe() {}, gauge() {} }
  const publisher = { publish: (siteId: string, delta: Delta) => published.push({ siteId, delta }) }
  const beacons: unknown[][] = []
  const store = createStore(sql)
  const passwords = createPasswordHasher()
  const deps: Deps = {
    store,
    passwords,
    accountSessionCache: createAccountSessionCache({ now }),
    deviceProofs: createDeviceProofs(new Uint8Array(32)),
    dashboard: {
      url: () => 'https://comments.example',
      isAt: (origin) => origin === 'https://comments.example',
      signUp: 'open',
      mail: true,
    },
    publicUrl: () => 'https://comments.example',
    writer: createThreadWriter({ store, publisher, metrics, now }),
    pages: createPageCache({ maxBytes: 10_000_000, metrics }),
    staleSnapshots: createStaleSnapshots({ maxBytes: 1_000_000 }),
    siteCache: createSiteCache({ now }),
    singleFlight: createSingleFlight(),
    publisher,
    presence: createMemoryPresence({ now }),
    limiter: createMemoryRateLimiter({ now }),
    tokens: createReaderTokens({ secret: new Uint8Array(32), now }),
    ...testSecrets(),
    mailer: noMailer,
    metrics,
    tracer: noTracer,
    beacons: {
      seen: (...seen) => beacons.push(['seen', ...seen]),
      refused: (...refused) => beacons.push(['refused', ...refused]),
    },
    outbound: o.outbound ?? noOutbound,
    now,
  }

  const site = (settings: Partial<SiteSettings> = {}, origins = ['https://blog.example']): Promise<Site> =>
    createSite(deps, { name: 'Blog', origins, settings })
  const visitor = (at: Site, network = '192.0.2.0/32'): Actor => ({ site: at, reader: null, network })
  const guest = async (at: Site, name = 'Ann', network = '192.0.2.0/32'): Promise<Actor> => {
    const { reader } = await createGuest(deps, visitor(at, network), { name })
    return { site: at, network, reader: { id: reader.id, name: reader.name, role: 'guest' } }
  }
  const thread = async (at: Site, page = '/post'): Promise<string> =>
    (await readSnapshot(deps, visitor(at), { page })).thread.id
  const comment = (
    actor: Actor,
    threadId: string,
    body = 'hello',
    parentId: string | null = null,
  ): Promise<CommandResult<'comment.create'>> =>
    createComment(deps, actor, { thread: threadId, key: newId(), body, parentId })

  return {
    deps,
    sql,
    published,
    counted,
    beacons,
    site,
    visitor,
    guest,
    thread,
    comment,
    staff: asOperator,
    pass: (ms: number) => {
      nowAt += ms
    },
    /** Every statement sent so far. */
    statements,
    passwords,
    close: async () => {
      await passwords.close()
      await database.close()
    },
  }
}

export type Core = Awaited<ReturnType<typeof startCore>>

/** The code of the error a promise rejects with; its result in `answered` if it does not. */
export const outcomeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    return { answered: await promise }
  } catch (cause) {
    return cause instanceof Error && 'code' in cause ? cause.code : cause
  }
}
