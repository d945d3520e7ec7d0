import type { Comment } from '@repartee/sdk'
import { expect, test } from 'vitest'
import type { CommentNode } from '../contract.ts'
import { comment, deltaOf, id, reader, snapshotOf } from './fixtures/comments.ts'
import { applyDelta, emptyServerState, mergeComments } from './server-state.ts'
import { createTree } from './tree.ts'
import { type Content, emptyContent } from './view-store.ts'

type Over = Partial<Content> & { readonly now?: number }

const inputOf = (comments: readonly Comment[], { now = 1_000_000, ...over }: Over = {}): [Content, number] => [
  {
    ...emptyContent('newest', reader),
    site: { ...snapshotOf([]).site, editWindowMs: 1_000 },
    serverState: mergeComments(emptyServerState, comments, 1),
    shownRoots: comments.filter(({ parentId }) => parentId === null).map((one) => one.id),
    ...over,
  },
  now,
]

const reply = (n: number, parent: number, root: number, over: Partial<Comment> = {}): Comment =>
  comment(n, { parentId: id(parent), rootId: id(root), depth: 2, ...over })

const ids = (nodes: readonly CommentNode[]): unknown[] =>
  nodes.map((node) => (node.children.length ? [node.comment.id, ids(node.children)] : node.comment.id))

test('replies are below their parent, in order of creation', () => {
  const { roots } = createTree()(
    ...inputOf([comment(1), reply(5, 2, 1), reply(2, 1, 1), reply(3, 1, 1), reply(4, 2, 1)]),
  )
  expect(ids(roots)).toEqual([[id(1), [[id(2), [id(4), id(5)]], id(3)]]])
})

test.each([
  ['newest', [3, 2, 1]],
  ['oldest', [1, 2, 3]],
  ['top', [2, 3, 1]],
] as const)('roots sorted by %s', (sort, order) => {
  const shownRoots = [id(2), id(3), id(1)]
  const { roots } = createTree()(...inputOf([comment(1), comment(2), comment(3)], { sort, shownRoots }))
  expect(ids(roots)).toEqual(order.map(id))
})

test('a pinned root is first in every order', () => {
  for (const sort of ['newest', 'oldest', 'top'] as const)
    expect(
      ids(createTree()(...inputOf([comment(1), comment(2, { pinned: true }), comment(3)], { sort })).roots)[0],
    ).toBe(id(2))
})

test('a reply whose parent is gone moves to the nearest ancestor that exists', () => {
  const all = mergeComments(emptyServerState, [comment(1), reply(2, 1, 1), reply(3, 2, 1), reply(4, 3, 1)], 4)
  const serverState = applyDelta(
    all,
    deltaOf([], { from: 4, to: 5, changes: [{ type: 'comment.gone', seq: 5, id: id(3) }] }),
  )
  expect(ids(createTree()(...inputOf([comment(1)], { serverState })).roots)).toEqual([[id(1), [[id(2), [id(4)]]]]])
})

test('a reply whose parent was never loaded is below the root', () => {
  expect(ids(createTree()(...inputOf([comment(1), reply(9, 8, 1)])).roots)).toEqual([[id(1), [id(9)]]])
})

test('a hidden comment hides its replies too', () => {
  const input = inputOf([comment(1), reply(2, 1, 1), reply(3, 2, 1)], { queued: new Set([id(2)]) })
  expect(ids(createTree()(...input).roots)).toEqual([id(1)])
})

test('hidden replies are those that the service counts and the view has not loaded', () => {
  const comments = [comment(1, { replyCount: 5 }), reply(2, 1, 1), reply(3, 1, 1)]
  expect(createTree()(...inputOf(comments)).roots[0]?.hiddenReplies).toBe(3)
  expect(createTree()(...inputOf(comments, { fullyLoaded: new Set([id(1)]) })).roots[0]?.hiddenReplies).toBe(0)
})

test('only nodes that have changed are new objects', () => {
  const build = createTree()
  const comments = [comment(1), reply(2, 1, 1), comment(3)]
  const before = build(...inputOf(comments)).roots
  expect(build(...inputOf(comments)).roots).toBe(before)
  const [start, now] = inputOf(comments)
  const first = build(start, now).roots
  const serverState = applyDelta(
    start.serverState,
    deltaOf([], { from: 3, to: 4, changes: [{ type: 'reactions', seq: 4, id: id(2), reactions: { like: 1 } }] }),
  )
  const after = build({ ...start, serverState }, now).roots
  expect(after[0]).toBe(first[0])
  expect(after[1]).not.toBe(first[1])
})

test('an own comment can be edited within the edit window, and a tombstone never', () => {
  const own = comment(1, { author: reader, createdAt: 1_000_000 })
  const editable = (now: number, over: Partial<Comment> = {}): boolean | undefined =>
    createTree()(...inputOf([{ ...own, ...over }], { now })).roots[0]?.editable
  expect(editable(1_000_999)).toBe(true)
  expect(editable(1_001_000)).toBe(false)
  expect(editable(1_000_999, { deletedAt: 1 })).toBe(false)
  expect(createTree()(...inputOf([comment(1)])).roots[0]?.editable).toBe(false)
})

test('an entry is below its parent, and among the roots when the parent is not drawn', () => {
  const entry = { body: 'x', html: null, state: 'sending', error: null, createdAt: 1 } as const
  const here = { ...entry, key: 'a', parentId: id(1), commentId: null }
  const elsewhere = { ...entry, key: 'b', parentId: id(77), commentId: null }
  const tree = createTree()(...inputOf([comment(1)], { outbox: [here, elsewhere] }))
  expect(tree.roots[0]?.outbox).toEqual([here])
  expect(tree.rootOutbox).toEqual([elsewhere])
})
