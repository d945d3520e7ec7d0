import { type Comment, newId } from '@repartee/sdk/protocol'
import { expect, test } from 'vitest'
import { createLedger } from '../load/ledger.ts'
import { createView, type View } from '../load/view.ts'
import { longestGapMs } from './gaps.ts'
import type { StoredRow } from './stored.ts'
import { type Evidence, isGood, judge, type Verdict } from './verdict.ts'

/*
 * An empty verdict proves something only if the judge detects violations. Each test takes a good run of three comments
 * and breaks one thing.
 */
const THREAD = newId()

type Scene = {
  readonly rows: StoredRow[]
  readonly ledger: ReturnType<typeof createLedger>
  readonly seen: Map<string, Set<string>>
  readonly view: View
  readonly crashed: string[]
  head: number
  commentCount: number
}

const toComment = (row: StoredRow): Comment => ({
  id: row.id,
  threadId: row.thread,
  parentId: null,
  rootId: row.id,
  depth: 0,
  seq: row.seq,
  createdSeq: row.createdSeq,
  author: { id: newId(), name: 'Reader' },
  html: row.html,
  status: 'approved',
  createdAt: 0,
  reactions: {},
  replyCount: 0,
  pinned: false,
})

const newRow = (seq: number): StoredRow => ({
  id: newId(),
  thread: THREAD,
  key: newId(),
  parentId: null,
  seq,
  createdSeq: seq,
  body: `text ${seq}`,
  html: `<p>text ${seq}</p>\n`,
  listed: true,
  deleted: false,
  edited: false,
  reactions: {},
  replyCount: 0,
})

const goodRun = (): Scene => {
  const seen = new Map<string, Set<string>>()
  const view = createView((id, html) => seen.set(id, new Set([html])))
  const ledger = createLedger()
  const rows = [1, 2, 3].map(newRow)
  for (const row of rows) {
    ledger.ask(row.key, THREAD, row.body)
    ledger.acknowledge(row.key, row.id, row.createdSeq)
    view.see(toComment(row), 3)
  }
  view.setCommentCount(3)
  return { rows, ledger, seen, view, crashed: [], head: 3, commentCount: 3 }
}

const judged = ({ rows, ledger, seen, view, crashed, head, commentCount }: Scene): Verdict => {
  const watch = {
    thread: THREAD,
    heard: head,
    position: head,
    view,
    reloads: 0,
    again: () => undefined,
    close: () => undefined,
  }
  const evidence: Evidence = {
    threads: [{ id: THREAD, head, commentCount, rows, mixed: false }],
    revisions: [],
    ledger,
    readers: { watches: [watch], edits: new Map(), seen, broken: [] },
    crashed,
  }
  return judge(evidence)
}

const spoil = (how: (scene: Scene) => void): Verdict => {
  const scene = goodRun()
  how(scene)
  return judged(scene)
}

const replace = (scene: Scene, at: number, change: Partial<StoredRow>): void => {
  const row = scene.rows[at]
  if (row !== undefined) scene.rows[at] = { ...row, ...change }
}

test('a good run has an empty verdict', () => {
  const verdict = judged(goodRun())
  expect(verdict).toEqual(Object.fromEntries(Object.keys(verdict).map((name) => [name, []])))
  expect(isGood(verdict)).toBe(true)
})

const planted: readonly [string, keyof Verdict, (scene: Scene) => void][] = [
  ['an acknowledged comment that is not stored', 'lost', (scene) => scene.rows.pop()],
  ['an acknowledged comment stored with another text', 'lost', (scene) => replace(scene, 1, { body: 'other' })],
  ['an acknowledged comment stored under another seq', 'lost', (scene) => replace(scene, 2, { createdSeq: 4 })],
  ['a text stored twice', 'doubled', (scene) => scene.rows.push({ ...newRow(4), body: 'text 1' })],
  ['a key stored twice', 'doubled', (scene) => replace(scene, 1, { key: scene.rows[0]?.key ?? '' })],
  [
    'a comment that was seen but is not stored',
    'phantoms',
    (scene) => scene.seen.set(newId(), new Set(['<p>ghost</p>'])),
  ],
  [
    'a text that was seen but never stored',
    'phantoms',
    (scene) => scene.seen.get(scene.rows[0]?.id ?? '')?.add('<p>?</p>'),
  ],
  ['a stored comment that no client sent', 'phantoms', (scene) => scene.rows.push(newRow(4))],
  ['a gap in the order', 'disordered', (scene) => replace(scene, 2, { createdSeq: 4, seq: 4 })],
  ['one seq used twice', 'disordered', (scene) => replace(scene, 2, { seq: 2 })],
  ['a head ahead of its comments', 'disordered', (scene) => (scene.head = 4)],
  ['a wrong count', 'disordered', (scene) => (scene.commentCount = 2)],
  ['a comment a reader misses', 'differing', (scene) => scene.rows.push(newRow(4))],
  ['an edit a reader misses', 'differing', (scene) => replace(scene, 0, { html: '<p>edited</p>', seq: 4 })],
  ['a reaction a reader misses', 'differing', (scene) => replace(scene, 0, { reactions: { like: 1 } })],
  ['a reply count a reader misses', 'differing', (scene) => replace(scene, 0, { replyCount: 1 })],
  ['a refusal that no client should get', 'wrongAnswers', (scene) => scene.ledger.refuse('internal')],
  [
    'a key answered with two comments',
    'wrongAnswers',
    (scene) => scene.ledger.acknowledge(scene.rows[0]?.key ?? '', newId(), 1),
  ],
  [
    'a comment that was rightly refused but is stored',
    'phantoms',
    (scene) => scene.ledger.decline(scene.rows[1]?.key ?? ''),
  ],
  ['a comment without an answer', 'unanswered', (scene) => scene.ledger.ask(newId(), THREAD, 'hello?')],
  ['a node that exited unexpectedly', 'crashed', (scene) => scene.crashed.push('node-0: SIGABRT')],
]

test('a reply that was refused because its parent was deleted counts as answered', () => {
  const scene = goodRun()
  const key = newId()
  scene.ledger.ask(key, THREAD, 'a reply')
  scene.ledger.decline(key)
  expect(isGood(judged(scene))).toBe(true)
})

test('only the place of a deleted comment is compared', () => {
  const scene = goodRun()
  const [row] = scene.rows
  if (row === undefined) throw new Error('no rows')
  scene.view.see({ ...toComment(row), deletedAt: 1, html: '', seq: 4 }, 4)
  scene.view.setCommentCount(2)
  replace(scene, 0, { deleted: true, seq: 4, reactions: { like: 1 } })
  expect(judged({ ...scene, head: 4, commentCount: 2 }).differing).toEqual([])
})

test.each(planted)('%s is found', (_, kind, how) => {
  const verdict = spoil(how)
  expect(verdict[kind]).not.toEqual([])
  expect(isGood(verdict)).toBe(false)
})

test('the longest gap of a window starts at the acknowledgement before it and lasts at most to its end', () => {
  const times = [0, 100, 200, 900, 1_000]
  expect(longestGapMs(times, 0, 1_000)).toBe(700)
  expect(longestGapMs(times, 500, 950)).toBe(700)
  expect(longestGapMs(times, 950, 3_000)).toBe(2_000)
  expect(longestGapMs([], 500, 1_500)).toBe(1_000)
})
