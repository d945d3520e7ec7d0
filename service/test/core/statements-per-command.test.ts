import { PGlite } from '@electric-sql/pglite'
import { newId } from '@repartee/sdk/protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createStore } from '../../src/adapters/postgres/create-store.ts'
import { migrate } from '../../src/adapters/postgres/migrate.ts'
import { authorize } from '../../src/core/access/authorize.ts'
import type { Actor } from '../../src/core/actor.ts'
import { execute } from '../../src/core/commands.ts'
import { getComment } from '../../src/core/comments/get-comment.ts'
import { listReplies } from '../../src/core/comments/list-replies.ts'
import { previewComment } from '../../src/core/comments/preview-comment.ts'
import { createGuest } from '../../src/core/readers/create-guest.ts'
import { logout } from '../../src/core/readers/logout.ts'
import { refreshSession } from '../../src/core/readers/refresh-session.ts'
import { changes } from '../../src/core/threads/changes.ts'
import { countComments } from '../../src/core/threads/count-comments.ts'
import { readSnapshot } from '../../src/core/threads/read-snapshot.ts'
import { createTestNode, demoSite, quietLog, type TestNode } from '../../testing/realtime-setup.ts'

let database: PGlite
let node: TestNode
let statements = 0
const site = demoSite()
const visitor: Actor = { site, reader: null, network: '192.0.2.0/24' }

beforeAll(async () => {
  // Sweeps would send more statements.
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] })
  database = await PGlite.create()
  const sql = {
    query: async <Row>(text: string, params: readonly unknown[]) => {
      statements += 1
      return (await database.query<Row>(text, [...params])).rows
    },
  }
  await migrate(sql, { log: quietLog(), now: Date.now })
  const store = createStore(sql)
  await store.sites.create(site)
  node = createTestNode({ store })
})
afterAll(async () => {
  vi.useRealTimers()
  await node.hub.close()
  await database.close()
})

test('each request sends exactly this many statements', async () => {
  const { deps, hub } = node
  const sent: Record<string, number> = {}
  const count = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    statements = 0
    const result = await act()
    sent[name] = statements
    return result
  }

  const page = '/page'
  const access = { siteKey: site.publicKey, origin: null, host: '', token: null, network: visitor.network }
  await count('access, the first time', () => authorize(deps, access))
  await count('access', () => authorize(deps, access))
  const session = await count('becoming a guest', () => createGuest(deps, visitor, { name: 'Ann' }))
  const ann: Actor = { ...visitor, reader: { id: session.reader.id, name: 'Ann', role: 'guest' } }
  const snapshot = (actor: Actor) => () => readSnapshot(deps, actor, { page })
  const { thread: opened } = await count('the first visit to a page', snapshot(visitor))
  const thread = opened.id

  const create = (body: string, more: object = {}) => ({ thread, key: newId(), body, ...more })
  const send = (input: ReturnType<typeof create>) => () => execute(deps, ann, 'comment.create', input)
  const first = create('one')
  const { comment } = await count('comment.create', send(first))
  await count('comment.create, the same again', send(first))
  await count('comment.create, a reply', send(create('two', { parentId: comment.id })))
  await count('comment.create, with the same name', send(create('three', { author: { name: 'Ann' } })))
  await count('comment.create, with another name', send(create('four', { author: { name: 'Anna' } })))
  const at = { thread, comment: comment.id }
  await count('comment.edit', () => execute(deps, ann, 'comment.edit', { ...at, body: 'changed' }))
  await count('reaction.add', () => execute(deps, ann, 'reaction.add', { ...at, kind: 'like' }))

  await count('snapshot, its page not in the cache', snapshot(visitor))
  await count('snapshot, its page in the cache', snapshot(visitor))
  await count('snapshot, for a reader', snapshot(ann))
  await count('changes', () => changes(deps, visitor, { thread, since: 0 }))
  await count('changes, none', () => changes(deps, visitor, { thread, since: 6 }))
  await count('one comment', () => getComment(deps, visitor, at))
  await count('replies', () => listReplies(deps, visitor, at))
  await count('counts', () => countComments(deps, visitor, { pages: [page, '/other'] }))
  await count('preview', () => previewComment(deps, visitor, { body: 'text' }))

  const ref = { siteId: site.id, threadId: thread }
  const subscribe = (position: { since?: number }) => () => {
    hub.join(ref)
    return hub.recover(ref, position, () => undefined)
  }
  await count('subscribe, the first of a node', subscribe({}))
  await count('subscribe, from a position', subscribe({ since: 1 }))

  await count('reaction.remove', () => execute(deps, ann, 'reaction.remove', { ...at, kind: 'like' }))
  await count('comment.delete', () => execute(deps, ann, 'comment.delete', at))
  await count('comment.delete, the same again', () => execute(deps, ann, 'comment.delete', at))
  const { refresh } = await count('refresh', () => refreshSession(deps, visitor, session))
  await count('logout', () => logout(deps, visitor, { refresh }))

  expect(sent).toEqual({
    'access, the first time': 1,
    access: 0,
    'becoming a guest': 2,
    'the first visit to a page': 4,
    'comment.create': 2,
    'comment.create, the same again': 1,
    'comment.create, a reply': 2,
    'comment.create, with the same name': 2,
    'comment.create, with another name': 3,
    'comment.edit': 3,
    'reaction.add': 2,
    'snapshot, its page not in the cache': 4,
    'snapshot, its page in the cache': 2,
    'snapshot, for a reader': 4,
    changes: 4,
    'changes, none': 2,
    'one comment': 1,
    replies: 2,
    counts: 1,
    preview: 0,
    'subscribe, the first of a node': 2,
    'subscribe, from a position': 4,
    'reaction.remove': 2,
    'comment.delete': 2,
    'comment.delete, the same again': 1,
    refresh: 3,
    logout: 2,
  })
})
