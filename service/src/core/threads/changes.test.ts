import { expect, test } from 'vitest'
import type { Store } from '../ports/store.ts'
import type { ThreadState } from '../ports/thread-store.ts'
import type { StoredComment } from '../stored-comment.ts'
import { readChanges } from './changes.ts'

const thread: ThreadState = {
  id: 't',
  page: '/',
  url: '',
  title: '',
  closed: false,
  head: 10,
  commentCount: 3,
  stateSeq: 0,
}
const row = (id: string, seq: number, rest: Partial<StoredComment> = {}): StoredComment => ({
  id,
  threadId: 't',
  parentId: null,
  rootId: id,
  depth: 0,
  authorId: 'a',
  authorName: 'Ann',
  authorRole: 'guest',
  seq,
  createdSeq: seq,
  status: 'approved',
  body: id,
  html: id,
  score: 0,
  reactions: {},
  replyCount: 0,
  pinned: false,
  listed: true,
  published: true,
  createdAt: 0,
  editedAt: null,
  deletedAt: null,
  ...rest,
})
const storeOf = (state: ThreadState, rows: readonly StoredComment[]) =>
  ({
    epoch: async () => 'e',
    threads: { find: async () => state },
    comments: {
      changedSince: async (q: { since: number; limit: number }) =>
        rows.filter((item) => item.seq > q.since).slice(0, q.limit),
      replyCounts: async () => ({ parent: 2 }),
    },
  }) as unknown as Pick<Store, 'threads' | 'comments' | 'epoch'>
const read = async (state: ThreadState, rows: readonly StoredComment[], since: number) => {
  const answer = await readChanges(storeOf(state, rows), { siteId: 's', threadId: 't' }, { since })
  if ('reload' in answer) throw new Error('unexpected')
  return answer
}

test('a row that changes between the reads is included, and the position stays at the head read first', async () => {
  // Its creation (8) is before the head, but its reaction (12) is not, and the live delta of 12 has only the totals.
  const answer = await read(thread, [row('early', 6), row('reacted', 12)], 5)
  expect(answer).toMatchObject({ from: 5, to: 10, head: 10 })
  expect(answer.changes.map((change) => change.seq)).toEqual([6, 12])
})

test('a full answer includes a close before its last row, but not a later one', async () => {
  const rows = Array.from({ length: 600 }, (_, i) => row(`${i}`, i + 1))
  const early = await read({ ...thread, head: 600, stateSeq: 0 }, rows, 0)
  expect(early).toMatchObject({ from: 0, to: 500, head: 600 })
  const closedAt = (stateSeq: number) => ({ ...thread, head: 601, stateSeq, closed: true })
  const without = rows.filter((item) => item.seq !== 300)
  const kinds = async (stateSeq: number, list: readonly StoredComment[]) =>
    (await read(closedAt(stateSeq), list, 0)).changes.flatMap((change) =>
      change.type === 'thread' ? [change.seq] : [],
    )
  expect(await kinds(300, without)).toEqual([300])
  expect(await kinds(601, rows)).toEqual([])
  const rest = await read(closedAt(601), rows, 500)
  expect(rest.to).toBe(601)
  expect(rest.changes.at(-1)).toEqual({ type: 'thread', seq: 601, closed: true })
})

test('changed replies come with the reply counts of their ancestors, even if these are 0', async () => {
  const answer = await read(thread, [row('r', 7, { parentId: 'parent', rootId: 'root', depth: 2, listed: false })], 0)
  expect(answer.changes).toEqual([{ type: 'comment.gone', seq: 7, id: 'r' }])
  expect(answer.replyCounts).toEqual({ parent: 2, root: 0 })
})
