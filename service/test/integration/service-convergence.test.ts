import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient, type WebSocketLike } from '@repartee/sdk'
import { type Change, type Comment, type Delta, newId, SUBPROTOCOL } from '@repartee/sdk/protocol'
import { type BuiltNode, startNode } from '@repartee/tools/servers/built-node'
import { freePort } from '@repartee/tools/servers/free-port'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { openPglite } from '../../src/adapters/pglite/open-pglite.ts'
import { createLogger } from '../../src/adapters/pino-logger.ts'
import { callControl } from '../../src/control/control-client.ts'
import { socketPath } from '../../src/control/socket-path.ts'
import { sized } from '../../testing/sized.ts'
import { type CuttingProxy, startCuttingProxy } from './cutting-proxy.ts'

/*
 * Several SDK clients change one thread of the real service at random over a network that breaks, while the process is
 * killed and restarted. The oracle is the database itself, opened after everything has stopped.
 */
const CLIENTS = 4
const SITE = 'convergence'

let dataDir: string
let port: number
let proxy: CuttingProxy
let node: BuiltNode

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'repartee-convergence-'))
  port = await freePort()
  node = await startNode({ name: 'the service', folder: dataDir, port, metricsPort: 0, env: { LOG_LEVEL: 'error' } })
  await callControl(socketPath(dataDir), 'site.create', {
    name: 'Convergence',
    key: SITE,
    origins: ['self'],
    settings: { commentsPerMinute: 100_000, duplicateWindowMs: 0 },
  })
  proxy = await startCuttingProxy(port)
})
afterAll(async () => {
  await proxy?.close()
  await node?.process.stop('SIGKILL')
  await rm(dataDir, { recursive: true, force: true })
})

/** One reader's view, maintained only by the rules of the wire protocol. */
type View = { comments: Map<string, Comment>; commentCount: number; everSeen: Map<string, Set<string>> }

const see = (view: View, comment: Comment): void => {
  const known = view.comments.get(comment.id)
  if (known !== undefined && known.seq > comment.seq) return
  view.comments.set(comment.id, comment)
  const texts = view.everSeen.get(comment.id) ?? new Set()
  view.everSeen.set(comment.id, texts.add(comment.html))
}

const applyChange = (view: View, change: Change): void => {
  if (change.type === 'comment') see(view, change.comment)
  if (change.type === 'comment.gone') {
    const known = view.comments.get(change.id)
    if (known === undefined || known.seq <= change.seq) view.comments.delete(change.id)
  }
  if (change.type === 'reactions') {
    const known = view.comments.get(change.id)
    if (known !== undefined && known.seq <= change.seq)
      view.comments.set(change.id, { ...known, seq: change.seq, reactions: change.reactions })
  }
}

const applyDelta = (view: View, delta: Delta): void => {
  for (const change of delta.changes) applyChange(view, change)
  view.commentCount = delta.commentCount
}

type Totals = Readonly<Record<string, number>>

/** Kinds without reactions may be absent. */
const chosen = (totals: Totals): (readonly [string, number])[] =>
  Object.entries(totals)
    .filter(([, total]) => total > 0)
    .toSorted(([a], [b]) => a.localeCompare(b))

type Person = { client: Client; view: View; thread: string; close: () => void }

/** A reader with the page open: a snapshot and a subscription, and both again after a reload. */
const arrive = async (name: string): Promise<Person> => {
  const client = createClient({
    baseUrl: `http://127.0.0.1:${proxy.port}`,
    site: SITE,
    storage: { get: () => null, set: () => undefined, remove: () => undefined },
    webSocket: (url) => new WebSocket(url, SUBPROTOCOL) as unknown as WebSocketLike,
  })
  await client.signInAsGuest(name)
  const view: View = { comments: new Map(), commentCount: 0, everSeen: new Map() }
  let subscription: { close(): void } | undefined
  const load = async (): Promise<string> => {
    subscription?.close()
    const snapshot = await client.getSnapshot({ page: '/convergence', sort: 'oldest', limit: 100 })
    view.comments.clear()
    for (const comment of snapshot.comments) see(view, comment)
    view.commentCount = snapshot.thread.commentCount
    const { id: thread, head: since, epoch } = snapshot.thread
    subscription = client.subscribe(
      { thread, since, epoch },
      { onDelta: (delta) => applyDelta(view, delta), onReload: () => void load(), onPresence: () => undefined },
    )
    return thread
  }
  const thread = await load()
  const close = (): void => {
    subscription?.close()
    client.close()
  }
  return { client, view, thread, close }
}

type Act =
  | { type: 'create' | 'edit' | 'delete' | 'react'; who: number; pick: number; reply: boolean }
  | { type: 'cut' }
  | { type: 'kill' }

const acts = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        type: fc.constant('create' as const),
        who: fc.nat(CLIENTS - 1),
        pick: fc.nat(),
        reply: fc.boolean(),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constantFrom('edit' as const, 'delete' as const, 'react' as const),
        who: fc.nat(CLIENTS - 1),
        pick: fc.nat(),
        reply: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('cut' as const) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('kill' as const) }) },
  ),
  { minLength: 60, maxLength: 90 },
)

test('after random commands, cut connections and killed processes every view equals the database, and none ever showed anything else', {
  timeout: 240_000,
}, async () => {
  const people = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => arrive(`Reader ${index}`)))
  const thread = people[0]?.thread ?? ''
  const mine = people.map(() => [] as string[])
  const acked = new Map<string, string>()
  const seed = 20_260_101
  const kinds = ['like', 'love', 'laugh', 'wow', 'sad']
  let kills = 0
  let cuts = 0
  let number = 0

  const perform = async (act: Exclude<Act, { type: 'cut' | 'kill' }>): Promise<void> => {
    const person = people[act.who]
    const own = mine[act.who]
    if (person === undefined || own === undefined) return
    const all = [...person.view.comments.values()].filter((comment) => comment.deletedAt === undefined)
    const target = all[act.pick % Math.max(1, all.length)]
    const ownTarget = own[act.pick % Math.max(1, own.length)]
    try {
      if (act.type === 'create') {
        number += 1
        const body = `comment ${number}`
        const parentId = act.reply ? (target?.id ?? null) : null
        const { comment } = await person.client.createComment({ thread, key: newId(), body, parentId })
        acked.set(comment.id, body)
        own.push(comment.id)
      } else if (act.type === 'react' && target !== undefined) {
        const kind = kinds[act.pick % kinds.length] ?? 'like'
        await person.client.addReaction({ thread, comment: target.id, kind })
      } else if (act.type === 'edit' && ownTarget !== undefined) {
        number += 1
        await person.client.editComment({ thread, comment: ownTarget, body: `edited ${number}` })
      } else if (act.type === 'delete' && ownTarget !== undefined) {
        await person.client.deleteComment({ thread, comment: ownTarget })
      }
    } catch {
      // Refused or given up. The final state of the database tells the outcome.
    }
  }

  for (const round of fc.sample(acts, { seed, numRuns: sized(1, 3) })) {
    const open: Promise<void>[] = []
    for (const act of round) {
      if (act.type === 'cut') {
        cuts += 1
        proxy.cut()
      } else if (act.type === 'kill') {
        kills += 1
        await node.process.stop('SIGKILL')
        await node.process.start()
      } else {
        open.push(perform(act))
        if (open.length % 4 === 0) await Promise.race(open.slice(-4))
      }
    }
    await Promise.all(open)
  }

  const head = (await people[0]?.client.getSnapshot({ page: '/convergence' }))?.thread.head ?? 0
  // One more change, so that a view that notices a gap only at the next delta notices it.
  await people[0]?.client.createComment({ thread, key: newId(), body: 'the last word' })
  await vi.waitFor(
    () => {
      for (const person of people)
        expect(Math.max(...[...person.view.comments.values()].map((comment) => comment.seq))).toBeGreaterThan(head)
    },
    { timeout: 40_000, interval: 100 },
  )
  for (const person of people) person.close()
  await node.process.stop('SIGTERM')

  const database = await openPglite({ dataDir: join(dataDir, 'db'), log: createLogger('silent') })
  type Row = { id: string; seq: number; html: string; listed: boolean; deleted: boolean; reactions: Totals }
  const rows = await database.sql.query<Row>(
    'select id, seq, html, listed, deleted_at is not null as deleted, reactions from comments where thread_id = $1::uuid order by created_seq',
    [thread],
  )
  await database.close()
  const stored = new Map(rows.map((row) => [row.id, row]))
  const listed = rows
    .filter((row) => row.listed)
    .map((row) => [row.id, Number(row.seq), ...(row.deleted ? ['', []] : [row.html, chosen(row.reactions)])])

  for (const [id] of acked) expect(stored.has(id), `acknowledged ${id} is stored`).toBe(true)
  for (const person of people) {
    const seen = [...person.view.comments.values()].toSorted((a, b) => a.createdSeq - b.createdSeq)
    expect(seen.map(({ id, seq, html, reactions }) => [id, seq, html, chosen(reactions)])).toEqual(listed)
    expect(person.view.commentCount).toBe(rows.filter((row) => row.listed && !row.deleted).length)
    for (const id of person.view.everSeen.keys()) expect(stored.has(id), `seen ${id} is stored`).toBe(true)
  }
  console.info(
    `convergence: ${CLIENTS} clients, ${rows.length} comments, head ${head}, ${cuts} cuts, ${kills} kills; every view equals the database`,
  )
})
